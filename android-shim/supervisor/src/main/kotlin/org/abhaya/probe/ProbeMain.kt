// `java -cp supervisor.jar org.abhaya.probe.ProbeMain`, or app_process: prints what the probes say as one line of JSON.
package org.abhaya.probe

import com.eclipsesource.json.Json
import com.eclipsesource.json.JsonObject

object ProbeMain {
    @JvmStatic
    fun main(args: Array<String>) {
        // A plain virtual phone can't cover the host's file systems: it names the folder with its own (device-probe.ts).
        val proc = System.getenv("ABHAYA_PROC")
        val commands = if (proc == null) DeviceCommands() else DeviceCommands(proc, "$proc/../sys")
        println(json(DeviceProbe(commands).measure()))
    }

    internal fun json(reading: DeviceReading): JsonObject = Json.`object`().apply {
        val (model, manufacturer, abi, android, apiLevel) = reading.identity
        text("model", model)
        text("manufacturer", manufacturer)
        text("abi", abi)
        text("android", android)
        apiLevel?.let { add("apiLevel", it) }
        add("processors", reading.processors)
        reading.memory?.let { add("memoryBytes", it.totalBytes).add("availableMemoryBytes", it.availableBytes) }
        reading.summary?.let { text("memoryStatus", it.status) }
        reading.battery?.let { battery ->
            add("batteryPercent", battery.level).add("charging", battery.charging)
            battery.celsius?.let { add("batteryCelsius", it) }
        }
        reading.thermal?.let { thermal ->
            thermal.status?.let { add("thermalStatus", it) }
            thermal.skinCelsius?.let { add("skinCelsius", it) }
        }
        reading.cpu?.let { cpu -> cpu.busyPercent?.let { add("cpuBusyPercent", it) } }
    }

    private fun JsonObject.text(name: String, value: String?) {
        if (value != null) add(name, value.take(TEXT_MAX))
    }

    private const val TEXT_MAX = 128
}
