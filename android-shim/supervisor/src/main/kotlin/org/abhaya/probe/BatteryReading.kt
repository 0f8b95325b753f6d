// `dumpsys battery`. Vendors add lines, sections and logs after the standard block: the first value of a key counts.
package org.abhaya.probe

internal data class BatteryReading(
    /** Percent of the scale, 0..100. */
    val level: Int,
    /** BatteryManager's status, 1..5. */
    val status: Int?,
    val plugged: Boolean,
    val celsius: Double?,
    val millivolts: Int?,
) {
    /** A cable counts, and so do BatteryManager's statuses charging (2) and full (5). */
    val charging: Boolean get() = plugged || status == 2 || status == 5

    companion object {
        private val LINE = Regex("""^\s+([A-Za-z][A-Za-z ]*?): *(\S+)\s*$""")
        private val CABLES = listOf("ac", "usb", "wireless", "dock")

        /** Null when the text has no battery level: a phone without battery, an error message. */
        fun parse(text: String): BatteryReading? {
            val values = HashMap<String, String>()
            for (line in text.lineSequence()) {
                val (key, value) = LINE.matchEntire(line)?.destructured ?: continue
                val name = key.lowercase()
                if (name !in values) values[name] = value
            }
            fun number(key: String): Int? = values[key]?.toIntOrNull()
            val level = number("level")?.takeIf { it >= 0 } ?: return null
            val scale = (number("scale") ?: 100).takeIf { it > 0 } ?: return null
            return BatteryReading(
                level = Math.round(level * 100.0 / scale).coerceAtMost(100).toInt(),
                status = number("status")?.takeIf { it in 1..5 },
                plugged = CABLES.any { values["$it powered"] == "true" },
                // 0 is what phones without a sensor say.
                celsius = number("temperature")?.takeIf { it != 0 }?.let { it / 10.0 },
                millivolts = number("voltage")?.takeIf { it > 0 },
            )
        }
    }
}
