// What this device is and how it is now, from texts that any Android prints. Null is what a device doesn't say; nothing
// is guessed from a model's name.
package org.abhaya.probe

internal data class DeviceReading(
    val identity: DeviceIdentity,
    /** Switched off ones too, where the kernel tells. */
    val processors: Int,
    val memory: MemoryReading?,
    val summary: MemorySummary?,
    val battery: BatteryReading?,
    val thermal: ThermalReading?,
    val cpu: CpuLoad?,
)

internal class DeviceProbe(private val commands: CommandRunner) {
    fun measure(): DeviceReading = DeviceReading(
        identity = Properties.identity(Properties.parse(commands.run("getprop").orEmpty())),
        processors = maxOf(
            Processors.count(commands.read("/proc/cpuinfo").orEmpty()),
            Processors.inList(commands.read("/sys/devices/system/cpu/present").orEmpty()) ?: 0,
        ),
        memory = commands.read("/proc/meminfo")?.let(MemoryReading::parse),
        summary = dumpsys("meminfo")?.let(MemorySummary::parse),
        battery = dumpsys("battery")?.let(BatteryReading::parse),
        thermal = dumpsys("thermalservice")?.let(ThermalReading::parse),
        cpu = dumpsys("cpuinfo")?.let(CpuLoad::parse),
    )

    private fun dumpsys(service: String): String? = commands.run("dumpsys", service)
}
