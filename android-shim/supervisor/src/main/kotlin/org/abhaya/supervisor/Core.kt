// What the supervisor decides: ceilings, the budget of children, the queue, what an exit means. Pure: events in,
// effects out, no threads, no clocks, no streams.
package org.abhaya.supervisor

internal sealed class Effect {
    data class ToAgent(val frame: ByteArray) : Effect()

    data class ToLauncher(val frame: ByteArray) : Effect()
}

internal class Core(private val limits: Limits, private val launcher: LauncherMessage.Hello) {
    private class Running(val handle: Long, val job: Job)

    private val waiting = ArrayDeque<Job>()
    private val running = HashMap<String, Running>()
    private var nextHandle = 1L

    val runningCount: Int get() = running.size
    val waitingCount: Int get() = waiting.size

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
        is LauncherMessage.Exit -> {
            val jobId = named(message.job)
            running.remove(jobId)
            listOf(ended(jobId, message.report)) + startWaiting()
        }
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
            val handle = nextHandle
            // Wraps long before a number could still be in use.
            nextHandle = if (handle == 0xffffffffL) 1 else handle + 1
            running[job.jobId] = Running(handle, job)
            effects += Effect.ToAgent(AgentMessages.started(job.jobId))
            effects += Effect.ToLauncher(LauncherFrames.start(handle, job))
        }
        return effects
    }

    private fun named(handle: Long): String = running.values.firstOrNull { it.handle == handle }?.job?.jobId
        ?: throw ProtocolException("the launcher speaks of a job $handle that does not run")

    private fun ended(jobId: String, report: ExitReport) = Effect.ToAgent(AgentMessages.exit(jobId, report))

    private companion object {
        const val WAITING_MAX = 256
    }
}
