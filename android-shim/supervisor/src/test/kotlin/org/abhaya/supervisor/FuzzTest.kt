// What strangers could say to the supervisor: thousands of changed samples, the same ones for the same seed
// (-Dabhaya.fuzz.seed=N, -Dabhaya.fuzz.cases=N). A message that is understood or a ProtocolException; nothing else, no
// matter how long a frame says that it is, and whatever is said to the agent then is a frame that it takes.
package org.abhaya.supervisor

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Assertions.fail
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream
import java.io.InputStream
import java.io.OutputStream

@Timeout(120)
internal class FuzzTest {
    private val seed = java.lang.Long.getLong("abhaya.fuzz.seed", 20_261_124)
    private val cases = Integer.getInteger("abhaya.fuzz.cases", 10_000)
    private val mutator = Mutator(seed)

    private val fromAgent = samples("to-supervisor.json") + Golden.pieces("piece")
    private val refused = samples("refused-by-supervisor.json")
    private val fromLauncher =
        listOf("hello", "hello-unavailable", "ready", "progress", "output", "exit-denied", "exit-failed")
            .map(Golden::launcherPayload)

    init {
        println("fuzz: seed $seed, $cases cases")
    }

    private fun samples(name: String): List<ByteArray> =
        Golden.supervisor(name).filter { it.isObject }.map { "$it".toByteArray(Charsets.UTF_8) }

    /** Half of them are JSON still, with one value changed: bytes alone would seldom get past the parser. */
    private fun agentFrame(): ByteArray {
        val sample = mutator.oneOf(if (mutator.below(4) == 0) refused else fromAgent)
        if (sample[0] != '{'.code.toByte() || mutator.below(2) == 0) return mutator.mutate(sample, AGENT_FRAME_MAX)
        return mutator.otherValue(json(sample)).toString().toByteArray(Charsets.UTF_8)
    }

    private fun launcherFrame() = mutator.mutate(mutator.oneOf(fromLauncher), LAUNCHER_FRAME_MAX)

    /** Null for what was refused. */
    private fun <T> understood(case: Int, frame: ByteArray, decode: (ByteArray) -> T): T? = try {
        decode(frame)
    } catch (_: ProtocolException) {
        null
    } catch (other: Throwable) {
        fail("case $case of seed $seed: ${frame.joinToString("") { "%02x".format(it) }.take(2_000)}", other)
    }

    @Test
    fun `frames of the agent`() {
        val valid = (0 until cases).count { understood(it, agentFrame(), AgentMessages::decode) != null }
        // Changes that leave nothing valid would test the JSON parser only.
        assertTrue(valid > cases / 100, "$valid of $cases valid")
    }

    @Test
    fun `frames of the launcher, and what the agent is told of them`() {
        var valid = 0
        for (case in 0 until cases) {
            val said = when (val message = understood(case, launcherFrame(), LauncherFrames::decode) ?: continue) {
                is LauncherMessage.Hello -> AgentMessages.hello(message)
                is LauncherMessage.Ready, is LauncherMessage.Output -> continue
                is LauncherMessage.Progress -> AgentMessages.progress("x", message)
                is LauncherMessage.Exit -> AgentMessages.exit("x", message.report)
            }
            valid++
            assertTrue(taken(said), "case $case of seed $seed: ${String(said, Charsets.UTF_8).take(500)}")
        }
        assertTrue(valid > cases / 100, "$valid of $cases valid")
    }

    /** As far as the launcher can have a say in it, what schemas/sandbox-protocol.ts asks of a frame. */
    private fun taken(frame: ByteArray): Boolean {
        val all = json(frame)
        val report = all.get("report")?.asObject() ?: all
        val names = listOf("layers", "runtimes").flatMap {
            report.get(it)?.asArray() ?: emptyList()
        }.map { it.asString() }
        val texts = listOf("arch", "kernel", "syscall", "signal").map { report.getString(it, "x") }
        val times = listOf("firstByteMs", "teardownMs").map { report.getDouble(it, 0.0) }
        val hits = report.get("errnoHits")?.asObject()?.names() ?: emptyList()
        return frame.size <= AGENT_FRAME_MAX &&
            names.size <= 32 &&
            (names + texts).all { it.length <= 64 } &&
            names.none { it.isEmpty() } &&
            times.all { it <= 4_294_967 } &&
            hits.all { Regex("[a-z0-9_]{1,64}").matches(it) }
    }

    @Test
    fun `streams that lie about lengths`() {
        val bombs = listOf(0L, 1, 65_537, 0x7fffffff, 0x80000000, 0xffffffff)
        for (case in 0 until cases / 4) {
            val length = if (mutator.below(2) == 0) mutator.oneOf(bombs) else mutator.below(70_000).toLong()
            val head = ByteArray(mutator.below(5)) { (length ushr (24 - 8 * it)).toByte() }
            val reader = FrameReader(ByteArrayInputStream(head + agentFrame()), AGENT_FRAME_MAX)
            var frames = 0
            while (understood(case, head) { reader.read() } != null) frames++
            assertTrue(frames <= AGENT_FRAME_MAX)
        }
    }

    @Test
    fun `decisions on any order of messages`() {
        val able = LauncherFrames.decode(Golden.launcherPayload("hello")) as LauncherMessage.Hello
        val limits = Limits(268_435_456, 30_000, 30_000, 1_073_741_824, 3)
        val places = mapOf(ServiceRuntime.NODEJS to RuntimePlace("/runtime", 2))
        for (round in 0 until cases / 200) {
            val core = Core(limits.copy(maxCarriedBytes = 3_000), able, places)
            core.start()
            for (step in 0 until 100) {
                val effects = understood(round, ByteArray(0)) { decision(core, step) } ?: break
                for (effect in effects) {
                    if (effect is Effect.ToAgent) assertTrue(effect.frame.size <= AGENT_FRAME_MAX)
                    if (effect is Effect.ToLauncher) assertTrue(effect.frame.size <= LAUNCHER_FRAME_MAX)
                }
                assertTrue(core.runningCount <= limits.maxChildren)
            }
            val left = core.runningCount + core.waitingCount
            assertEquals(left + 1, core.onLauncherDeath("over").size)
        }
    }

    private fun decision(core: Core, step: Int): List<Effect> = when (mutator.below(7)) {
        4 -> core.onAgent(AgentMessage.Piece("job-${mutator.below(100)}", piece()))
        5 -> core.onAgent(AgentMessage.Taken("job-${mutator.below(100)}", 1L + mutator.below(100)))
        6 -> core.onLauncher(
            LauncherMessage.Output(mutator.below(8 + step).toLong(), mutator.below(2) * 10L, ByteArray(10), 0),
        )
        0 -> core.onAgent(runOf(step))
        1 -> core.onAgent(AgentMessage.Cancel("job-${mutator.below(100)}"))
        // Handles that run, that wait ready, and that nobody has.
        2 -> core.onLauncher(LauncherMessage.Ready(mutator.below(8).toLong()))
        else -> {
            val report = ExitReport(mutator.oneOf(ExitReason.values().toList()))
            core.onLauncher(LauncherMessage.Exit(mutator.below(8 + step).toLong(), report))
        }
    }

    private fun piece() = CarriedPiece(1 + mutator.below(2), mutator.below(3) * 500L, ByteArray(500), 0)

    private fun runOf(step: Int): AgentMessage.Run {
        val runtime = mutator.oneOf(ServiceRuntime.values().toList())
        val memory = (1L + mutator.below(5)) * 67_108_864
        val sizes = CarriedSizes(500L * (1 + mutator.below(3)), 500L * mutator.below(3))
        val carried = if (mutator.below(2) == 0) sizes else null
        return AgentMessage.Run(Job("job-$step", runtime, "/p", "/i", "/o", memory, 1_000, 1_000, 1_000, carried))
    }

    @Test
    fun `a whole supervisor between two that talk nonsense`() {
        val hello = fromAgent.first { understood(0, it, AgentMessages::decode) is AgentMessage.Hello }
        val codes = HashSet<Int>()
        for (case in 0 until cases / 50) {
            val agent = if (mutator.below(8) == 0) framed(agentFrame()) else framed(hello) + tail { agentFrame() }
            val launcher = if (mutator.below(8) ==
                0
            ) {
                ByteArray(0)
            } else {
                framed(fromLauncher[0]) + tail { launcherFrame() }
            }
            val said = ByteArrayOutputStream()
            codes += Supervisor(ByteArrayInputStream(agent), said, { CannedLauncher(launcher) }).serve()
            val frames = FrameReader(ByteArrayInputStream(said.toByteArray()), AGENT_FRAME_MAX)
            while (true) json(frames.read() ?: break)
        }
        assertEquals(setOf(0, 2, 3), codes)
    }

    private fun tail(frame: () -> ByteArray): ByteArray =
        (0 until mutator.below(6)).fold(ByteArray(0)) { all, _ -> all + framed(frame()) }

    private fun framed(payload: ByteArray) = ByteArrayOutputStream().also {
        FrameWriter(it).write(payload)
    }.toByteArray()

    private class CannedLauncher(bytes: ByteArray) : LauncherProcess {
        override val input: OutputStream = ByteArrayOutputStream()
        override val output: InputStream = ByteArrayInputStream(bytes)

        override fun awaitEnd() = "exit code 0"

        override fun destroy() = Unit
    }
}
