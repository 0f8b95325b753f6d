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
    nodejs: Nodejs? = null,
) {
    private val pool = SparePool(if (ServiceRuntime.NODEJS.wire in launcher.runtimes) nodejs?.spares ?: 0 else 0)

    private class Running(val handle: Long, val job: Job, val spare: Long)

    private val waiting = ArrayDeque<Job>()
    private val running = HashMap<String, Running>()
    private var nextHandle = 1L

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
            if (message.job in pool) pool.onReady()
            emptyList()
        }
        is LauncherMessage.Exit -> exited(message.job, message.report)
    }

    private fun exited(handle: Long, report: ExitReport): List<Effect> {
        if (handle in pool) {
            pool.onEnd(handle, report)
            return fillPool()
        }
        // A spare that died on its way to a job: the launcher starts another process for that.
        if (running.values.any { it.spare == handle }) return emptyList()
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
            "this device does not offer ${job.runtime.wire}" + if (launcher.lacks.isEmpty()) "" else ": ${launcher.lacks}"
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
            val spare = if (job.runtime == ServiceRuntime.NODEJS) pool.take(job) else 0
            running[job.jobId] = Running(handle, job, spare)
            effects += Effect.ToAgent(AgentMessages.started(job.jobId))
            effects += Effect.ToLauncher(LauncherFrames.start(handle, job, spare))
        }
        return effects + fillPool()
    }

    /** Spares count as children; services go first, so a full house has none. */
    private fun fillPool(): List<Effect> {
        val effects = ArrayList<Effect>()
        for (handle in pool.unfit()) effects += Effect.ToLauncher(LauncherFrames.cancel(handle))
        while (true) {
            val memory = pool.lacks(CHILDREN_MAX - limits.maxChildren.coerceAtLeast(running.size)) ?: return effects
            val handle = newHandle()
            pool.add(handle, memory)
            effects += Effect.ToLauncher(LauncherFrames.warm(handle, ServiceRuntime.NODEJS, memory))
        }
    }

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
    }
}
