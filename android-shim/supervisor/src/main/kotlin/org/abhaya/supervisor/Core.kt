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

    private class Running(val handle: Long, val job: Job) {
        val transfer = job.carried?.let(::Transfer)
    }

    private val waiting = ArrayDeque<Job>()
    private val running = HashMap<String, Running>()
    private var nextHandle = 1L

    /** Spares that were given to jobs, the last ones: of these the launcher may still say that they died. */
    private val taken = LinkedHashSet<Long>()

    /** Carried jobs that have ended, the last ones: pieces of these may still be under way. */
    private val ended = LinkedHashSet<String>()

    /** What the files of running jobs take in memory. */
    private val carriedBytes: Long get() = running.values.sumOf { it.job.carried?.total ?: 0 }

    val runningCount: Int get() = running.size
    val waitingCount: Int get() = waiting.size

    /** What to do at once: the first spare processes. */
    fun start(): List<Effect> = fillPool()

    /** Every now and then: lets go what waits for nobody. */
    fun onClock(): List<Effect> {
        val now = nanoTime()
        for (pool in pools.values) pool.restAfter(SPARE_IDLE_NS, now)
        return fillPool()
    }

    /** Throws [ProtocolException] where the agent breaks the protocol. */
    fun onAgent(message: AgentMessage): List<Effect> = when (message) {
        is AgentMessage.Hello -> throw ProtocolException("a second hello from the agent")
        is AgentMessage.Run -> run(message.job)
        is AgentMessage.Cancel -> cancel(message.jobId)
        is AgentMessage.Piece -> piece(message)
        is AgentMessage.Taken -> transferOf(message.jobId)?.let { (one, transfer) ->
            transfer.onTaken(message.bytes)
            listOf(Effect.ToLauncher(LauncherFrames.taken(one.handle, message.bytes)))
        } ?: emptyList()
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
        is LauncherMessage.Output -> {
            val jobId = named(message.job)
            val transfer = running.getValue(jobId).transfer
                ?: throw ProtocolException("the launcher sends output of a job that writes a file")
            transfer.onOutput(message)
            listOf(Effect.ToAgent(Pieces.output(jobId, message)))
        }
    }

    private fun piece(message: AgentMessage.Piece): List<Effect> {
        val (one, transfer) = transferOf(message.jobId) ?: return emptyList()
        transfer.onPiece(message.piece)
        val effects = listOf<Effect>(Effect.ToLauncher(LauncherFrames.piece(one.handle, message.piece)))
        return if (transfer.isWhole) effects + Effect.ToAgent(AgentMessages.started(message.jobId)) else effects
    }

    /** Null for a job that has ended meanwhile. */
    private fun transferOf(jobId: String): Pair<Running, Transfer>? {
        val one = running[jobId]
        if (one?.transfer != null) return one to one.transfer
        if (one == null && jobId in ended) return null
        throw ProtocolException("job $jobId has no files that come as pieces now")
    }

    private fun exited(handle: Long, report: ExitReport): List<Effect> {
        poolOf(handle)?.let {
            it.onEnd(handle, report)
            return fillPool()
        }
        // A spare that died on its way to a job: the launcher starts another process for that.
        if (taken.remove(handle)) return emptyList()
        val jobId = named(handle)
        if (running.remove(jobId)?.transfer != null) rememberEnded(jobId)
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
        ended.remove(job.jobId)
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
        job.carried != null && limits.maxCarriedBytes == 0L -> "this supervisor was not told to keep files in memory"
        job.carried != null && job.carried.total > limits.maxCarriedBytes ->
            over("program and input", job.carried.total, limits.maxCarriedBytes, "bytes")
        waiting.size >= WAITING_MAX -> "$WAITING_MAX jobs are waiting already"
        else -> null
    }

    private fun over(what: String, asked: Long, ceiling: Long, unit: String) =
        "the job asks for $asked $unit of $what, this device gives $ceiling at most"

    private fun startWaiting(): List<Effect> {
        val effects = ArrayList<Effect>()
        while (running.size < limits.maxChildren && waiting.isNotEmpty()) {
            // In order: what is too large just now is not overtaken for ever by what is small.
            if (carriedBytes + (waiting.first().carried?.total ?: 0) >
                limits.maxCarriedBytes.coerceAtLeast(carriedBytes)
            ) {
                break
            }
            val job = waiting.removeFirst()
            val handle = newHandle()
            val spare = pools[job.runtime]?.take(job, nanoTime()) ?: 0
            running[job.jobId] = Running(handle, job)
            if (spare != 0L) remember(spare)
            // The launcher first: every microsecond before it counts in the start.
            if (job.carried == null) {
                effects += Effect.ToLauncher(LauncherFrames.start(handle, job, spare, nanoTime()))
                effects += Effect.ToAgent(AgentMessages.started(job.jobId))
            } else {
                effects += Effect.ToLauncher(LauncherFrames.carry(handle, job, job.carried, spare))
                effects += Effect.ToAgent(AgentMessages.wanted(job.jobId))
            }
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

    private fun rememberEnded(jobId: String) {
        ended += jobId
        if (ended.size > ENDED_MAX) ended.remove(ended.first())
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

    internal companion object {
        /** Since the runtime's last service was started. One that waits holds 8 to 18 MB. */
        const val SPARE_IDLE_NS = 5L * 60 * 1_000_000_000
        const val WAITING_MAX = 256
        const val TAKEN_MAX = 64
        const val ENDED_MAX = 256
    }
}
