// What the supervisor decides: ceilings, the budget of children, the queue, what an exit means. Pure: events in,
// effects out, no threads, no clocks, no streams.
package org.abhaya.supervisor

internal sealed class Effect {
    data class ToAgent(val frame: ByteArray) : Effect()

    data class ToLauncher(val frame: ByteArray) : Effect()
}

internal class Core(
    private val limits: Limits,
    private val launcher: LauncherMessage.Hello,
    runtimes: Map<ServiceRuntime, RuntimePlace> = emptyMap(),
    /** CLOCK_MONOTONIC, as the launcher reads it too. */
    private val nanoTime: () -> Long = { 0 },
) {
    private val pools: Map<ServiceRuntime, SparePool> =
        runtimes.filter { (runtime, place) -> runtime.wire in launcher.runtimes && place.spares > 0 }
            .mapValues { (_, place) -> SparePool(place.spares, place.onDemand) }

    private class Running(val handle: Long, val job: Job)

    private val waiting = ArrayDeque<Job>()
    private val running = HashMap<String, Running>()
    private var nextHandle = 1L

    /** Spares that were given to jobs, the last ones: of these the launcher may still say that they died. */
    private val taken = LinkedHashSet<Long>()

    val runningCount: Int get() = running.size
    val waitingCount: Int get() = waiting.size

    /** What to do at once: the first spare processes. */
    fun start(): List<Effect> = fillPool()

    /** Throws [ProtocolException] where the agent breaks the protocol. */
    fun onAgent(message: AgentMessage): List<Effect> = when (message) {
        is AgentMessage.Hello -> throw ProtocolException("a second hello from the agent")
        is AgentMessage.Run -> run(message.job)
        is AgentMessage.Cancel -> cancel(message.jobId)
    }

    /** Throws [ProtocolException] where the launcher breaks the protocol. */
    fun onLauncher(message: LauncherMessage): List<Effect> = when (message) {
        is LauncherMessage.Hello -> throw ProtocolException("a second hello from the launcher")
        is LauncherMessage.Progress -> listOf(Effect.ToAgent(AgentMessages.progress(named(message.job), message)))
        is LauncherMessage.Ready -> {
            poolOf(message.job)?.onReady()
            emptyList()
        }
        is LauncherMessage.Exit -> exited(message.job, message.report)
    }

    private fun exited(handle: Long, report: ExitReport): List<Effect> {
        poolOf(handle)?.let {
            it.onEnd(handle, report)
            return fillPool()
        }
        // A spare that died on its way to a job: the launcher starts another process for that.
        if (taken.remove(handle)) return emptyList()
        val jobId = named(handle)
        running.remove(jobId)
        return listOf(ended(jobId, report)) + startWaiting()
    }

    /** No job is lost silently: each gets its report, then the agent hears why. */
    fun onLauncherDeath(why: String): List<Effect> {
        val lost = running.keys.sorted() + waiting.map { it.jobId }
        running.clear()
        waiting.clear()
        return lost.map { ended(it, ExitReport(ExitReason.SANDBOX_ERROR, message = why)) } +
            Effect.ToAgent(AgentMessages.died(why))
    }

    private fun run(job: Job): List<Effect> {
        if (job.jobId in running || waiting.any { it.jobId == job.jobId }) {
            throw ProtocolException("job ${job.jobId} is there already")
        }
        val refusal = refusal(job)
        if (refusal != null) return listOf(ended(job.jobId, ExitReport(ExitReason.SANDBOX_ERROR, message = refusal)))
        waiting.addLast(job)
        return startWaiting()
    }

    private fun cancel(jobId: String): List<Effect> {
        running[jobId]?.let { return listOf(Effect.ToLauncher(LauncherFrames.cancel(it.handle))) }
        // A job that has ended meanwhile is no mistake.
        if (!waiting.removeAll { it.jobId == jobId }) return emptyList()
        return listOf(ended(jobId, ExitReport(ExitReason.CANCELLED)))
    }

    private fun refusal(job: Job): String? = when {
        !launcher.available -> "this device can't sandbox: ${launcher.message}"
        job.runtime.wire !in launcher.runtimes ->
            "this device does not offer ${job.runtime.wire}" + (launcher.lacks[job.runtime.wire]?.let { ": $it" } ?: "")
        job.memoryBytes > limits.maxMemoryBytes -> over("memory", job.memoryBytes, limits.maxMemoryBytes, "bytes")
        job.wallMs > limits.maxWallMs -> over("time", job.wallMs, limits.maxWallMs, "ms")
        job.cpuMs > limits.maxCpuMs -> over("CPU time", job.cpuMs, limits.maxCpuMs, "ms")
        job.maxOutputBytes > limits.maxOutputBytes ->
            over("output", job.maxOutputBytes, limits.maxOutputBytes, "bytes")
        waiting.size >= WAITING_MAX -> "$WAITING_MAX jobs are waiting already"
        else -> null
    }

    private fun over(what: String, asked: Long, ceiling: Long, unit: String) =
        "the job asks for $asked $unit of $what, this device gives $ceiling at most"

    private fun startWaiting(): List<Effect> {
        val effects = ArrayList<Effect>()
        while (running.size < limits.maxChildren && waiting.isNotEmpty()) {
            val job = waiting.removeFirst()
            val handle = newHandle()
            val spare = pools[job.runtime]?.take(job) ?: 0
            running[job.jobId] = Running(handle, job)
            if (spare != 0L) remember(spare)
            // The launcher first: every microsecond before it counts in the start.
            effects += Effect.ToLauncher(LauncherFrames.start(handle, job, spare, nanoTime()))
            effects += Effect.ToAgent(AgentMessages.started(job.jobId))
        }
        return effects + fillPool()
    }

    /** Spares count as children; services go first, so a full house has none. */
    private fun fillPool(): List<Effect> {
        val effects = ArrayList<Effect>()
        for ((runtime, pool) in pools) {
            for (handle in pool.unfit()) effects += Effect.ToLauncher(LauncherFrames.cancel(handle))
            while (true) {
                val others = pools.values.sumOf { if (it === pool) 0 else it.size }
                val room = CHILDREN_MAX - limits.maxChildren.coerceAtLeast(running.size) - others
                val memory = pool.lacks(room) ?: break
                val handle = newHandle()
                pool.add(handle, memory)
                effects += Effect.ToLauncher(LauncherFrames.warm(handle, runtime, memory))
            }
        }
        return effects
    }

    private fun remember(spare: Long) {
        taken += spare
        if (taken.size > TAKEN_MAX) taken.remove(taken.first())
    }

    private fun poolOf(handle: Long): SparePool? = pools.values.firstOrNull { handle in it }

    /** Wraps long before a number could still be in use. */
    private fun newHandle(): Long {
        val handle = nextHandle
        nextHandle = if (handle == 0xffffffffL) 1 else handle + 1
        return handle
    }

    private fun named(handle: Long): String = running.values.firstOrNull { it.handle == handle }?.job?.jobId
        ?: throw ProtocolException("the launcher speaks of a job $handle that does not run")

    private fun ended(jobId: String, report: ExitReport) = Effect.ToAgent(AgentMessages.exit(jobId, report))

    private companion object {
        const val WAITING_MAX = 256
        const val TAKEN_MAX = 64
    }
}
