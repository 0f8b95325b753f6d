package org.abhaya.supervisor

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

internal class CoreTest {
    private val able = LauncherMessage.Hello(1, true, "x86_64", "6.1.0", listOf("seccomp"), "")
    private val limits = Limits(100, 1000, 1000, 1000, 2)
    private val core = Core(limits, able)

    private fun job(id: String, memory: Long = 100) = Job(id, "/p", "/i", "/o", memory, 1000, 1000, 1000)

    /** What the agent hears, as `kind jobId reason`. */
    private fun heard(effects: List<Effect>): List<String> = effects.filterIsInstance<Effect.ToAgent>().map {
        val frame = json(it.frame)
        val reason = frame.get("report")?.asObject()?.getString("reason", null)
        listOfNotNull(frame.getString("kind", null), frame.getString("jobId", null), reason).joinToString(" ")
    }

    private fun run(id: String, memory: Long = 100) = core.onAgent(AgentMessage.Run(job(id, memory)))

    private fun exit(handle: Long, reason: ExitReason = ExitReason.COMPLETED) =
        core.onLauncher(LauncherMessage.Exit(handle, ExitReport(reason)))

    @Test
    fun `jobs beyond the budget wait, in order`() {
        assertEquals(listOf("started a"), heard(run("a")))
        assertEquals(listOf("started b"), heard(run("b")))
        assertEquals(emptyList<String>(), heard(run("c")))
        assertEquals(emptyList<String>(), heard(run("d")))
        assertEquals(listOf("exit a completed", "started c"), heard(exit(1)))
        assertEquals(listOf("exit b failed", "started d"), heard(exit(2, ExitReason.FAILED)))
        assertEquals(2, core.runningCount)
        assertEquals(0, core.waitingCount)
    }

    @Test
    fun `a waiting job is cancelled here, a running one by the launcher`() {
        run("a")
        run("b")
        run("c")
        assertEquals(listOf("exit c cancelled"), heard(core.onAgent(AgentMessage.Cancel("c"))))
        val effects = core.onAgent(AgentMessage.Cancel("a"))
        assertTrue(LauncherFrames.cancel(1).contentEquals((effects.single() as Effect.ToLauncher).frame))
        assertEquals(emptyList<Effect>(), core.onAgent(AgentMessage.Cancel("never there")))
    }

    @Test
    fun `jobs over a ceiling never reach the launcher`() {
        val effects = run("a", memory = 101)
        assertEquals(listOf("exit a sandbox-error"), heard(effects))
        assertEquals(1, effects.size)
    }

    @Test
    fun `without a sandbox nothing runs`() {
        val unable = Core(limits, able.copy(available = false, message = "no seccomp"))
        val effects = unable.onAgent(AgentMessage.Run(job("a")))
        assertEquals(listOf("exit a sandbox-error"), heard(effects))
        assertTrue(String((effects.single() as Effect.ToAgent).frame).contains("no seccomp"))
    }

    @Test
    fun `the launcher's death ends every job, then the agent hears why`() {
        run("a")
        run("b")
        run("c")
        assertEquals(
            listOf("exit a sandbox-error", "exit b sandbox-error", "exit c sandbox-error", "died"),
            heard(core.onLauncherDeath("it died")),
        )
    }

    @Test
    fun `who breaks the protocol is noticed`() {
        run("a")
        assertThrows(ProtocolException::class.java) { run("a") }
        assertThrows(ProtocolException::class.java) { core.onAgent(AgentMessage.Hello("/l", limits)) }
        assertThrows(ProtocolException::class.java) { exit(99) }
        assertThrows(ProtocolException::class.java) { core.onLauncher(able) }
    }

    @Test
    fun `the queue has an end`() {
        repeat(2 + 256) { run("job$it") }
        assertEquals(listOf("exit last sandbox-error"), heard(run("last")))
    }
}
