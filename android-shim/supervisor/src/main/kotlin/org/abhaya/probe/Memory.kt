// /proc/meminfo, and the summary of `dumpsys meminfo`, which knows what Android would free by itself.
package org.abhaya.probe

internal data class MemoryReading(
    val totalBytes: Long,
    /** MemAvailable, or an estimate where the kernel is too old to say. */
    val availableBytes: Long,
) {
    companion object {
        /** Null when there is no total. */
        fun parse(text: String): MemoryReading? {
            fun kb(name: String): Long? {
                val line = Regex("""^$name:\s+(\d{1,15}) kB\s*$""", RegexOption.MULTILINE).find(text)
                return line?.groupValues?.get(1)?.toLong()
            }
            val total = kb("MemTotal")?.takeIf { it > 0 } ?: return null
            val available = kb("MemAvailable") ?: ((kb("MemFree") ?: 0) + (kb("Cached") ?: 0))
            return MemoryReading(total * 1024, minOf(available, total) * 1024)
        }
    }
}

internal data class MemorySummary(
    val totalBytes: Long,
    val freeBytes: Long?,
    val usedBytes: Long?,
    val status: String?,
) {
    companion object {
        // `Total RAM: 1853120 kB (status normal)` until Android 6, `3,804,204K (status normal)` since.
        private val LINE = Regex(
            """^\s*(Total|Free|Used) RAM:\s+([\d,]{1,20}) ?(?:kB|K)\b(?: \(status (\w+)\))?""",
            RegexOption.MULTILINE,
        )

        /** Null when there is no total. */
        fun parse(text: String): MemorySummary? {
            val lines = LINE.findAll(text).associateBy { it.groupValues[1] }
            fun bytes(name: String): Long? =
                lines[name]?.groupValues?.get(2)?.replace(",", "")?.toLongOrNull()?.times(1024)
            val total = bytes("Total")?.takeIf { it > 0 } ?: return null
            val status = lines["Total"]?.groupValues?.get(3)?.ifEmpty { null }
            return MemorySummary(total, bytes("Free"), bytes("Used"), status)
        }
    }
}
