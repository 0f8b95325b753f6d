// `dumpsys thermalservice` (Android 10 and newer). Sensors of the HAL's current block count before cached ones.
package org.abhaya.probe

internal data class ThermalReading(
    /** ThrottlingSeverity 0..6; null when the service doesn't say. */
    val status: Int?,
    /** Hottest sensor of the kind. */
    val skinCelsius: Double?,
    val cpuCelsius: Double?,
) {
    companion object {
        private const val TYPE_CPU = 0
        private const val TYPE_SKIN = 3
        private val REPORT = Regex("""^\s*(IsStatusOverride|Thermal Status):""", RegexOption.MULTILINE)
        private val STATUS = Regex("""^\s*Thermal Status: ([0-6])\s*$""", RegexOption.MULTILINE)
        private val SENSOR = Regex("""Temperature\{mValue=(-?[\d.]{1,12}), mType=(-?\d{1,3}), """)

        /** Null when the text is no such report. */
        fun parse(text: String): ThermalReading? {
            if (!REPORT.containsMatchIn(text)) return null
            val hal = text.substringAfter("Current temperatures from HAL:", "")
            val sensors = sensors(hal).ifEmpty { sensors(text) }
            fun hottest(type: Int) = sensors.filter { it.first == type }.maxOfOrNull { it.second }
            return ThermalReading(
                STATUS.find(text)?.groupValues?.get(1)?.toInt(),
                hottest(TYPE_SKIN),
                hottest(TYPE_CPU),
            )
        }

        private fun sensors(text: String): List<Pair<Int, Double>> = SENSOR.findAll(text).mapNotNull {
            val value = it.groupValues[1].toDoubleOrNull()
            // Sensors that are off report impossible values.
            if (value == null || value <= -40 || value >= 150) null else it.groupValues[2].toInt() to value
        }.toList()
    }
}
