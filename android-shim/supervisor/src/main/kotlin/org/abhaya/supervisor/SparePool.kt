// Processes of one runtime that are started ahead, each for one service. Pure: it says what to start and what
// to take; what the launcher says about them is told to it.
package org.abhaya.supervisor

internal class SparePool(private val wanted: Int, private val onDemand: Boolean = false) {
    private val spares = LinkedHashMap<Long, Long>()
    private var failures = 0

    /** A runtime that no service has asked for yet holds no memory, where the agent wants it so. */
    private var asleep = onDemand
    private var askedNs = 0L

    /** Of the process to keep ready: a runtime sizes its heap when it starts. What the last service asked for is the best guess. */
    private var memoryBytes = DEFAULT_MEMORY

    val size: Int get() = spares.size

    operator fun contains(handle: Long) = handle in spares

    /** The process that fits, which is the job's from now on; 0 for none. */
    fun take(job: Job, nowNs: Long): Long {
        askedNs = nowNs
        memoryBytes = job.memoryBytes
        asleep = false
        val handle = spares.entries.firstOrNull { it.value == job.memoryBytes }?.key ?: return 0
        spares.remove(handle)
        return handle
    }

    /** A process that nobody takes holds its memory for ever: it is let go, until the runtime is asked for again. */
    fun restAfter(idleNs: Long, nowNs: Long) {
        if (onDemand && nowNs - askedNs >= idleNs) asleep = true
    }

    /** Handles that are of no use: of another size than is wanted now, or of a runtime that nobody asks for. */
    fun unfit(): List<Long> = spares.filterValues { asleep || it != memoryBytes }.keys.toList()

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
