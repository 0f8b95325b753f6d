package org.abhaya.probe

import org.abhaya.supervisor.Golden
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.api.io.TempDir
import java.io.File
import java.nio.file.Path

@Timeout(60)
internal class DeviceProbeTest {
    /** A device that answers these, and has nothing else. */
    private class Canned(private val answers: Map<String, String>) : CommandRunner {
        override fun run(vararg command: String): String? = answers[command.joinToString(" ")]

        override fun read(path: String): String? = answers[path]
    }

    @Test
    fun `a phone that tells everything`() {
        val phone = Canned(
            mapOf(
                "getprop" to Golden.read("lab/fleet/captures/xiaomi-mi-5c-android-7.1.2.getprop.txt"),
                "/proc/cpuinfo" to Golden.read("device-agent/probes/captures/xiaomi-mi-5c-android-7.1.2.cpuinfo.txt"),
                "/sys/devices/system/cpu/present" to "0-7\n",
                "/proc/meminfo" to "MemTotal: 2000 kB\nMemAvailable: 500 kB\n",
                "dumpsys battery" to "  level: 50\n  status: 2\n  temperature: 301\n",
                "dumpsys thermalservice" to "Thermal Status: 2\n",
                "dumpsys cpuinfo" to "Load: 1.0 / 2.0 / 3.0\n25% TOTAL: 20% user\n",
            ),
        )
        assertEquals(
            """{"model":"MI 5C","manufacturer":"Xiaomi","abi":"arm64-v8a","android":"7.1.2","apiLevel":25,""" +
                """"processors":8,"memoryBytes":2048000,"availableMemoryBytes":512000,"batteryPercent":50,""" +
                """"charging":true,"batteryCelsius":30.1,"thermalStatus":2,"cpuBusyPercent":25}""",
            ProbeMain.json(DeviceProbe(phone).measure()).toString(),
        )
    }

    @Test
    fun `a device that tells nothing`() {
        assertEquals("""{"processors":0}""", ProbeMain.json(DeviceProbe(Canned(emptyMap())).measure()).toString())
    }

    @Test
    fun `commands that fail, are not there, or print without end`(@TempDir folder: Path) {
        val device = DeviceCommands()
        assertEquals("a b\n", device.run("echo", "a", "b"))
        assertNull(device.run("false"))
        assertNull(device.run("/no/such/program"))
        assertNull(device.read("/no/such/file"))
        // More than is ever read: the command is ended.
        assertNull(device.run("cat", "/dev/zero"))
        val own = DeviceCommands("$folder/proc", "$folder/sys")
        File(folder.toFile(), "proc").mkdir()
        File(folder.toFile(), "proc/meminfo").writeText("MemTotal: 1 kB\n")
        assertEquals("MemTotal: 1 kB\n", own.read("/proc/meminfo"))
        assertNull(own.read("/sys/devices/system/cpu/present"))
    }
}
