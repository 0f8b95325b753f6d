// How many processors there are, and how busy: /proc/cpuinfo, /sys/devices/system/cpu/present, `dumpsys cpuinfo`.
package org.abhaya.probe

internal object Processors {
    private val ONE = Regex("""^processor\s*:""", RegexOption.MULTILINE)
    private val OLD = Regex("""^Processor\s*:""", RegexOption.MULTILINE)
    private val LIST = Regex("""\d{1,4}(-\d{1,4})?(,\d{1,4}(-\d{1,4})?){0,255}""")

    /** Those of /proc/cpuinfo, which are switched on now. Old kernels with one say `Processor` only. */
    fun count(cpuinfo: String): Int {
        val found = ONE.findAll(cpuinfo).count()
        return if (found == 0 && OLD.containsMatchIn(cpuinfo)) 1 else found
    }

    /** In a list of the kernel's, as `0-7` or `0,4-7`: also those that are switched off. Null when it is no list. */
    fun inList(text: String): Int? {
        val list = text.trim()
        if (!LIST.matches(list)) return null
        val sizes = list.split(',').map { range ->
            val ends = range.split('-').map { it.toInt() }
            ends.last() - ends.first() + 1
        }
        return if (sizes.all { it > 0 }) sizes.sum() else null
    }
}

internal data class CpuLoad(
    /** Averages of one, five and fifteen minutes, all processors together. */
    val load: List<Double>,
    /** Of all processors, since Android looked last, 0..100. */
    val busyPercent: Double?,
) {
    companion object {
        private val LOAD = Regex("""^Load: ([\d.]{1,10}) / ([\d.]{1,10}) / ([\d.]{1,10})\s*$""", RegexOption.MULTILINE)
        private val TOTAL = Regex("""^\s*([\d.]{1,10})% TOTAL:""", RegexOption.MULTILINE)

        /** Null when the text is no such report. */
        fun parse(text: String): CpuLoad? {
            val averages =
                LOAD.find(text)?.groupValues?.drop(1)?.map { it.toDoubleOrNull() ?: return null } ?: return null
            val busy = TOTAL.find(text)?.groupValues?.get(1)?.toDoubleOrNull()
            return CpuLoad(averages, busy?.takeIf { it in 0.0..100.0 })
        }
    }
}
