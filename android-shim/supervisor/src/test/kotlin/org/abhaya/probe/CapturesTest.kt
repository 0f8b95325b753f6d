// What phones printed: the project's captures (SOURCES.md in both folders), the same files that TypeScript's parsers are
// tested with. Names that begin with synthetic- are invented, and say nothing about phones.
package org.abhaya.probe

import org.abhaya.supervisor.Golden
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource
import org.junit.jupiter.params.provider.ValueSource

internal class CapturesTest {
    private fun ofPhone(name: String) = Golden.read("$PHONES/$name")

    private fun ofProbe(name: String) = Golden.read("$PROBES/$name")

    private fun synthetic(name: String) = javaClass.getResource("/synthetic/$name")!!.readText()

    @ParameterizedTest
    @CsvSource(
        "galaxy-s3-us-android-4.1.1,   SAMSUNG-SGH-I747, samsung, armeabi-v7a, 4.1.1, 16",
        "zenfone-2-android-6.0.1,      ASUS_Z00AD,       asus,    x86,         6.0.1, 23",
        "galaxy-s8-us-android-7.0,     SM-G950U,         samsung, arm64-v8a,   7.0,   24",
        "xiaomi-mi-5c-android-7.1.2,   MI 5C,            Xiaomi,  arm64-v8a,   7.1.2, 25",
        "oneplus-5t-android-8.0,       ONEPLUS A5010,    OnePlus, arm64-v8a,   8.0.0, 26",
        "oppo-r15-android-8.1,         PACM00,           OPPO,    arm64-v8a,   8.1.0, 27",
        "huawei-mate-20-android-9,     HMA-L29,          HUAWEI,  arm64-v8a,   9,     28",
        "pixel-8-android-14,           Pixel 8,          Google,  arm64-v8a,   14,    34",
    )
    fun `properties of eight phones`(
        phone: String,
        model: String,
        manufacturer: String,
        abi: String,
        android: String,
        apiLevel: Int,
    ) {
        val text = ofPhone("$phone.getprop.txt")
        val expected = DeviceIdentity(model, manufacturer, abi, android, apiLevel)
        assertEquals(expected, Properties.identity(Properties.parse(text)))
        // As adb of old phones sends it.
        assertEquals(expected, Properties.identity(Properties.parse(text.replace("\n", "\r\n"))))
    }

    @ParameterizedTest
    @CsvSource(
        "nexus-s-android-4.0.4,        1, 1",
        "zenfone-2-android-6.0.1,      4, 4",
        "meizu-pro-7-plus-android-7.0, 6, 10",
        "galaxy-s8-us-android-7.0,     8, 8",
        "xiaomi-mi-5c-android-7.1.2,   6, 8",
        "oppo-r15-android-8.1,         8, 8",
        "huawei-mate-20-android-9,     8, 8",
        "pixel-8-android-14,           9, 9",
    )
    fun `processors of eight phones, switched on and there`(phone: String, online: Int, present: Int) {
        assertEquals(online, Processors.count(ofProbe("$phone.cpuinfo.txt")))
        assertEquals(present, Processors.inList(ofProbe("$phone.cpu-present.txt")))
    }

    @Test
    fun `no capture is left out`() {
        val tests = Golden.read("android-shim/supervisor/src/test/kotlin/org/abhaya/probe/CapturesTest.kt")
        val files = (Golden.names(PHONES) + Golden.names(PROBES)).filter {
            it.endsWith(".txt") &&
                !it.startsWith("LICENSE")
        }
        val missing = files.filter { it !in tests && it.replace(Regex("\\.[\\w-]+\\.txt$"), "") !in tests }
        assertTrue(files.size > 20 && missing.isEmpty(), "$missing")
    }

    @Test
    fun `memory`() {
        assertEquals(
            MemoryReading(3_092_213_760, 2_607_677_440),
            MemoryReading.parse(ofProbe("aosp-device-android-10.meminfo.txt")),
        )
        assertEquals(
            MemoryReading(1_024_000, 102_400),
            MemoryReading.parse(ofProbe("synthetic-old-kernel-crlf.meminfo.txt")),
        )
    }

    @Test
    fun `synthetic battery reports`() {
        val expected = mapOf(
            "synthetic-plain-android-14" to BatteryReading(100, 5, true, 25.5, 4400),
            "synthetic-vendor-keys" to BatteryReading(51, 3, false, -2.5, 3800),
            "synthetic-scale-80-crlf" to BatteryReading(50, 2, true, 30.1, 4001),
            "synthetic-no-sensors" to BatteryReading(7, null, false, null, null),
        )
        for ((name, reading) in expected) {
            assertEquals(reading, BatteryReading.parse(ofProbe("$name.battery.txt")), name)
        }
    }

    @Test
    fun `synthetic reports of heat`() {
        val expected = mapOf(
            "synthetic-cache-and-hal" to ThermalReading(2, 38.2, 51.5),
            "synthetic-many-kinds" to ThermalReading(1, 31.25, 40.500004),
            "synthetic-hal-not-ready" to ThermalReading(0, null, null),
        )
        for ((name, reading) in expected) {
            assertEquals(reading, ThermalReading.parse(ofProbe("$name.thermal.txt")), name)
        }
    }

    @Test
    fun `synthetic summaries of memory and load`() {
        assertEquals(
            MemorySummary(1_897_594_880, 716_801_024, 1_024_000_000, "moderate"),
            MemorySummary.parse(synthetic("synthetic-android-6.meminfo-summary.txt")),
        )
        assertEquals(
            MemorySummary(8_000_000_000, 4_300_925_952, 3_379_200_000, "normal"),
            MemorySummary.parse(synthetic("synthetic-android-14.meminfo-summary.txt")),
        )
        val load = CpuLoad.parse(synthetic("synthetic-crlf.cpuinfo-load.txt"))
        assertEquals(CpuLoad(listOf(9.05, 9.22, 9.14), 11.5), load)
    }

    @ParameterizedTest
    @ValueSource(strings = ["", "Can't find service: x\n", "level: 7\n", "MemFree: 10 kB\n", "MemTotal: 0 kB\n", "7-0"])
    fun `what is no report tells nothing`(text: String) {
        assertNull(BatteryReading.parse(text))
        assertNull(ThermalReading.parse(text))
        assertNull(MemoryReading.parse(text))
        assertNull(MemorySummary.parse(text))
        assertNull(CpuLoad.parse(text))
        assertNull(Processors.inList(text))
        assertEquals(DeviceIdentity(null, null, null, null, null), Properties.identity(Properties.parse(text)))
    }

    private companion object {
        const val PHONES = "lab/fleet/captures"
        const val PROBES = "device-agent/probes/captures"
    }
}
