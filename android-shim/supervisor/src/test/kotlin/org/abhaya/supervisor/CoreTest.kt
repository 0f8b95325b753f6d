package org.abhaya.supervisor

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

internal class CoreTest {
    private val able =
        LauncherMessage.Hello(4, true, "x86_64", "6.1.0", listOf("seccomp"), "", listOf("native"), emptyMap())
    private val limits = Limits(100, 1000, 1000, 1000, 2)
    private val core = Core(limits, able)

    private fun job(id: String, memory: Long = 100) =
        Job(id, ServiceRuntime.NATIVE, "/p", "/i", "/o", memory, 1000, 1000, 1000)

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
        assertThrows(ProtocolException::class.java) { core.onAgent(AgentMessage.Hello("/l", limits, emptyMap())) }
        assertThrows(ProtocolException::class.java) { exit(99) }
        assertThrows(ProtocolException::class.java) { core.onLauncher(able) }
    }

    @Test
    fun `the queue has an end`() {
        repeat(2 + 256) { run("job$it") }
        assertEquals(listOf("exit last sandbox-error"), heard(run("last")))
    }

    private val mib = 1024L * 1024
    private val withNodejs = Core(
        limits.copy(maxMemoryBytes = 256 * mib),
        able.copy(runtimes = listOf("native", "nodejs")),
        mapOf(ServiceRuntime.NODEJS to RuntimePlace("/n", 1)),
    )

    private fun script(id: String, memory: Long = 64 * mib) = job(id, memory).copy(runtime = ServiceRuntime.NODEJS)

    private fun orders(effects: List<Effect>) =
        effects.filterIsInstance<Effect.ToLauncher>().map { it.frame.joinToString("") { b -> "%02x".format(b) } }

    private fun hex(frame: ByteArray) = frame.joinToString("") { "%02x".format(it) }

    private fun warm(handle: Long, memory: Long = 64 * mib) =
        hex(LauncherFrames.warm(handle, ServiceRuntime.NODEJS, memory))

    @Test
    fun `a spare is taken once, and another is started`() {
        assertEquals(listOf(warm(1)), orders(withNodejs.start()))
        assertEquals(emptyList<String>(), orders(withNodejs.onLauncher(LauncherMessage.Ready(1))))
        val first = withNodejs.onAgent(AgentMessage.Run(script("a")))
        assertEquals(listOf(hex(LauncherFrames.start(2, script("a"), 1)), warm(3)), orders(first))
        assertEquals(listOf("started a"), heard(first))
        // The spare's number is the launcher's affair no longer: the report comes by the job's.
        val end = withNodejs.onLauncher(LauncherMessage.Exit(2, ExitReport(ExitReason.COMPLETED)))
        assertEquals(listOf("exit a completed"), heard(end))
    }

    @Test
    fun `a spare that dies while it is being taken is no mistake`() {
        withNodejs.start()
        withNodejs.onAgent(AgentMessage.Run(script("a")))
        val died = LauncherMessage.Exit(1, ExitReport(ExitReason.SANDBOX_ERROR))
        assertEquals(emptyList<Effect>(), withNodejs.onLauncher(died))
        val end = withNodejs.onLauncher(LauncherMessage.Exit(2, ExitReport(ExitReason.COMPLETED)))
        assertEquals(listOf("exit a completed"), heard(end))
        assertThrows(ProtocolException::class.java) { withNodejs.onLauncher(died) }
    }

    @Test
    fun `that a spare has died may be heard after the end of its service`() {
        withNodejs.start()
        withNodejs.onAgent(AgentMessage.Run(script("a")))
        withNodejs.onLauncher(LauncherMessage.Exit(2, ExitReport(ExitReason.COMPLETED)))
        val died = LauncherMessage.Exit(1, ExitReport(ExitReason.SANDBOX_ERROR))
        assertEquals(emptyList<Effect>(), withNodejs.onLauncher(died))
        assertThrows(ProtocolException::class.java) { withNodejs.onLauncher(died) }
    }

    @Test
    fun `a spare of another size is replaced, and a service starts cold meanwhile`() {
        withNodejs.start()
        val large = script("a", 128 * mib)
        val effects = withNodejs.onAgent(AgentMessage.Run(large))
        assertEquals(listOf(hex(LauncherFrames.start(2, large, 0)), hex(LauncherFrames.cancel(1))), orders(effects))
        val end = withNodejs.onLauncher(LauncherMessage.Exit(1, ExitReport(ExitReason.CANCELLED)))
        assertEquals(listOf(warm(3, 128 * mib)), orders(end))
        assertEquals(emptyList<String>(), heard(end))
    }

    @Test
    fun `on demand, the first service starts cold and the next finds a spare`() {
        val places = mapOf(ServiceRuntime.NODEJS to RuntimePlace("/n", 1, onDemand = true))
        val lazy =
            Core(limits.copy(maxMemoryBytes = 256 * mib), able.copy(runtimes = listOf("native", "nodejs")), places)
        assertEquals(emptyList<Effect>(), lazy.start())
        val native = lazy.onAgent(AgentMessage.Run(job("n", 64 * mib)))
        assertEquals(listOf(hex(LauncherFrames.start(1, job("n", 64 * mib), 0))), orders(native))
        val first = lazy.onAgent(AgentMessage.Run(script("a")))
        assertEquals(listOf(hex(LauncherFrames.start(2, script("a"), 0)), warm(3)), orders(first))
        lazy.onLauncher(LauncherMessage.Exit(1, ExitReport(ExitReason.COMPLETED)))
        lazy.onLauncher(LauncherMessage.Exit(2, ExitReport(ExitReason.COMPLETED)))
        val second = lazy.onAgent(AgentMessage.Run(script("b")))
        assertEquals(listOf(hex(LauncherFrames.start(4, script("b"), 3)), warm(5)), orders(second))
    }

    @Test
    fun `what waits for nobody is let go, until the runtime is asked for again`() {
        var now = 0L
        val both = mapOf(
            ServiceRuntime.NATIVE to RuntimePlace(null, 1),
            ServiceRuntime.NODEJS to RuntimePlace("/n", 1, onDemand = true),
        )
        val hello = able.copy(runtimes = listOf("native", "nodejs"))
        val lazy = Core(limits.copy(maxMemoryBytes = 256 * mib), hello, both) { now }
        assertEquals(listOf(hex(LauncherFrames.warm(1, ServiceRuntime.NATIVE, 64 * mib))), orders(lazy.start()))
        now = Core.SPARE_IDLE_NS
        assertEquals(emptyList<Effect>(), lazy.onClock())
        lazy.onAgent(AgentMessage.Run(script("a")))
        lazy.onLauncher(LauncherMessage.Exit(2, ExitReport(ExitReason.COMPLETED)))
        now += Core.SPARE_IDLE_NS - 1
        assertEquals(emptyList<Effect>(), lazy.onClock())
        now += 1
        // Native ones stay: they hold next to nothing.
        assertEquals(listOf(hex(LauncherFrames.cancel(3))), orders(lazy.onClock()))
        val end = lazy.onLauncher(LauncherMessage.Exit(3, ExitReport(ExitReason.CANCELLED)))
        assertEquals(emptyList<Effect>(), end)
        val next = lazy.onAgent(AgentMessage.Run(script("b")))
        assertEquals(listOf(hex(LauncherFrames.start(4, script("b"), 0, now)), warm(5)), orders(next))
    }

    @Test
    fun `one that is being let go may be taken all the same`() {
        var now = 0L
        val places = mapOf(ServiceRuntime.NODEJS to RuntimePlace("/n", 1, onDemand = true))
        val hello = able.copy(runtimes = listOf("nodejs"))
        val lazy = Core(limits.copy(maxMemoryBytes = 256 * mib), hello, places) { now }
        lazy.onAgent(AgentMessage.Run(script("a")))
        now = Core.SPARE_IDLE_NS
        assertEquals(listOf(hex(LauncherFrames.cancel(2))), orders(lazy.onClock()))
        val next = lazy.onAgent(AgentMessage.Run(script("b")))
        assertEquals(hex(LauncherFrames.start(3, script("b"), 2, now)), orders(next).first())
        val gone = LauncherMessage.Exit(2, ExitReport(ExitReason.CANCELLED))
        assertEquals(emptyList<Effect>(), lazy.onLauncher(gone))
    }

    @Test
    fun `native services have spares too, by no folder`() {
        val places = mapOf(ServiceRuntime.NATIVE to RuntimePlace(null, 2))
        val native = Core(limits.copy(maxMemoryBytes = 256 * mib), able, places)
        fun ahead(handle: Long) = hex(LauncherFrames.warm(handle, ServiceRuntime.NATIVE, 64 * mib))
        assertEquals(listOf(ahead(1), ahead(2)), orders(native.start()))
        val first = native.onAgent(AgentMessage.Run(job("a", 64 * mib)))
        assertEquals(listOf(hex(LauncherFrames.start(3, job("a", 64 * mib), 1)), ahead(4)), orders(first))
    }

    @Test
    fun `spares that die are given up after the third`() {
        withNodejs.start()
        val died = ExitReport(ExitReason.SANDBOX_ERROR)
        assertEquals(listOf(warm(2)), orders(withNodejs.onLauncher(LauncherMessage.Exit(1, died))))
        assertEquals(listOf(warm(3)), orders(withNodejs.onLauncher(LauncherMessage.Exit(2, died))))
        assertEquals(emptyList<String>(), orders(withNodejs.onLauncher(LauncherMessage.Exit(3, died))))
    }

    @Test
    fun `a runtime that the launcher does not offer is refused, and never warmed`() {
        val without = Core(
            limits,
            able.copy(lacks = mapOf("nodejs" to "no folder")),
            mapOf(ServiceRuntime.NODEJS to RuntimePlace("/n", 1)),
        )
        assertEquals(emptyList<Effect>(), without.start())
        val effects = without.onAgent(AgentMessage.Run(script("a", 100)))
        assertEquals(listOf("exit a sandbox-error"), heard(effects))
        assertTrue(String((effects.single() as Effect.ToAgent).frame).contains("nodejs: no folder"))
    }

    @Test
    fun `each runtime has a pool of its own, and all of them share the budget`() {
        val both = Core(
            limits.copy(maxChildren = CHILDREN_MAX - 3, maxMemoryBytes = 256 * mib),
            able.copy(runtimes = listOf("native", "nodejs", "python")),
            mapOf(
                ServiceRuntime.NODEJS to RuntimePlace("/n", 2),
                ServiceRuntime.PYTHON to RuntimePlace("/p", 2),
                ServiceRuntime.JVM to RuntimePlace("/j", 2), // the launcher doesn't offer it
            ),
            { 77 },
        )
        val python = hex(LauncherFrames.warm(3, ServiceRuntime.PYTHON, 64 * mib))
        assertEquals(listOf(warm(1), warm(2), python), orders(both.start()))
        val script = job("a", 64 * mib).copy(runtime = ServiceRuntime.PYTHON)
        val first = both.onAgent(AgentMessage.Run(script))
        assertEquals(hex(LauncherFrames.start(4, script, 3, 77)), orders(first).first())
    }
}
