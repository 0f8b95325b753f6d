// Processes of one runtime that are started ahead, each for one service. Pure: it says what to start and what
// to take; what the launcher says about them is told to it.
package org.abhaya.supervisor

internal class SparePool(private val wanted: Int, onDemand: Boolean = false) {
    private val spares = LinkedHashMap<Long, Long>()
    private var failures = 0

    /** A runtime that no service has asked for yet holds no memory, where the agent wants it so. */
    private var asleep = onDemand

    /** Of the process to keep ready: a runtime sizes its heap when it starts. What the last service asked for is the best guess. */
    private var memoryBytes = DEFAULT_MEMORY

    val size: Int get() = spares.size

    operator fun contains(handle: Long) = handle in spares

    /** The process that fits, which is the job's from now on; 0 for none. */
    fun take(job: Job): Long {
        memoryBytes = job.memoryBytes
        asleep = false
        val handle = spares.entries.firstOrNull { it.value == job.memoryBytes }?.key ?: return 0
        spares.remove(handle)
        return handle
    }

    /** Handles that are of no use: of another size than is wanted now. */
    fun unfit(): List<Long> = spares.filterValues { it != memoryBytes }.keys.toList()

    /** How much memory the next process to start has, or null when there are enough, or starting fails again and again. */
    fun lacks(room: Int): Long? =
        if (!asleep && spares.size < minOf(wanted, room) && failures < FAILURES_MAX) memoryBytes else null

    fun add(handle: Long, memory: Long) {
        spares[handle] = memory
    }

    fun onReady() {
        failures = 0
    }

    fun onEnd(handle: Long, report: ExitReport) {
        spares.remove(handle)
        if (report.reason != ExitReason.CANCELLED) failures++
    }

    private companion object {
        const val DEFAULT_MEMORY = 64L * 1024 * 1024
        const val FAILURES_MAX = 3
    }
}
