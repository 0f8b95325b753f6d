package org.abhaya.supervisor

import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test

/** Jobs whose files come as pieces. */
internal class CarriedTest {
    private val able =
        LauncherMessage.Hello(4, true, "x86_64", "6.1.0", listOf("seccomp"), "", listOf("native"), emptyMap())
    private val limits = Limits(100, 1000, 1000, 1000, 2, maxCarriedBytes = 100)
    private val core = Core(limits, able)

    private fun job(id: String, program: Long = 20, input: Long = 10) =
        Job(id, ServiceRuntime.NATIVE, "", "", "", 100, 1000, 1000, 1000, CarriedSizes(program, input))

    /** What is said to the agent (`kind jobId reason`) and to the launcher (its frame's kind), in order. */
    private fun told(effects: List<Effect>): List<String> = effects.map { effect ->
        when (effect) {
            is Effect.ToLauncher -> "to launcher ${effect.frame[0]}"
            is Effect.ToAgent -> if (effect.frame[0] == 2.toByte()) "output" else agentHears(effect.frame)
        }
    }

    private fun agentHears(frame: ByteArray): String = json(frame).let {
        val reason = it.get("report")?.asObject()?.getString("reason", null)
        listOfNotNull(it.getString("kind", null), it.getString("jobId", null), reason).joinToString(" ")
    }

    private fun run(job: Job) = told(core.onAgent(AgentMessage.Run(job)))

    private fun piece(id: String, file: Int, offset: Long, length: Int) =
        told(core.onAgent(AgentMessage.Piece(id, CarriedPiece(file, offset, ByteArray(length), 0))))

    private fun output(handle: Long, offset: Long, length: Int) =
        told(core.onLauncher(LauncherMessage.Output(handle, offset, ByteArray(length), 0)))

    private fun exit(handle: Long) =
        told(core.onLauncher(LauncherMessage.Exit(handle, ExitReport(ExitReason.COMPLETED))))

    private fun refused(body: () -> Unit) = assertThrows(ProtocolException::class.java, body)

    @Test
    fun `files come, the job starts, output goes and is taken`() {
        assertEquals(listOf("to launcher 4", "wanted a"), run(job("a")))
        assertEquals(listOf("to launcher 5"), piece("a", 1, 0, 15))
        assertEquals(listOf("to launcher 5"), piece("a", 2, 0, 10))
        assertEquals(listOf("to launcher 5", "started a"), piece("a", 1, 15, 5))
        assertEquals(listOf("output"), output(1, 0, 7))
        assertEquals(listOf("to launcher 6"), told(core.onAgent(AgentMessage.Taken("a", 7))))
        assertEquals(listOf("exit a completed"), exit(1))
        // Late words of a job that has ended are no mistake.
        assertEquals(emptyList<String>(), piece("a", 1, 0, 1))
        assertEquals(emptyList<String>(), told(core.onAgent(AgentMessage.Taken("a", 1))))
    }

    @Test
    fun `who sends what can't be breaks the protocol`() {
        refused { piece("a", 1, 0, 1) }
        run(job("a"))
        refused { piece("a", 1, 0, 21) }
        refused { piece("a", 2, 1, 1) }
        refused { output(1, 0, 1) }
        refused { core.onAgent(AgentMessage.Taken("a", 1)) }
        piece("a", 1, 0, 20)
        refused { piece("a", 1, 0, 20) }
        piece("a", 2, 0, 10)
        refused { piece("a", 2, 10, 1) }
        refused { output(1, 1, 1) }
        for (sent in 0 until 4) output(1, sent * 16_000L, 16_000)
        refused { output(1, 64_000, 1_537) }
        refused { core.onAgent(AgentMessage.Taken("a", 64_001)) }
        core.onAgent(AgentMessage.Run(Job("b", ServiceRuntime.NATIVE, "/p", "/i", "/o", 100, 1000, 1000, 1000)))
        refused { piece("b", 1, 0, 1) }
        refused { output(2, 0, 1) }
    }

    @Test
    fun `bytes have a ceiling, of one job and of all`() {
        assertEquals(listOf("exit a sandbox-error"), run(job("a", 91, 10)))
        run(job("b", 50, 10))
        assertEquals(emptyList<String>(), run(job("c", 50, 0)))
        assertEquals(1, core.waitingCount)
        // A job that waits wants no pieces yet.
        refused { piece("c", 1, 0, 1) }
        assertEquals(listOf("exit b completed", "to launcher 4", "wanted c"), exit(1))
        val without = Core(limits.copy(maxCarriedBytes = 0), able)
        assertEquals(listOf("exit d sandbox-error"), told(without.onAgent(AgentMessage.Run(job("d")))))
    }

    @Test
    fun `cancelled while the files come`() {
        run(job("a"))
        piece("a", 1, 0, 15)
        assertEquals(listOf("to launcher 2"), told(core.onAgent(AgentMessage.Cancel("a"))))
        assertEquals(listOf("to launcher 5"), piece("a", 1, 15, 5))
        core.onLauncher(LauncherMessage.Exit(1, ExitReport(ExitReason.CANCELLED)))
        assertEquals(emptyList<String>(), piece("a", 2, 0, 10))
        assertEquals(listOf("to launcher 4", "wanted a"), run(job("a")))
    }

    @Test
    fun `pieces on the agent's wire are the golden bytes`() {
        for (sample in Golden.supervisor("pieces.json").map { it.asObject() }) {
            val frame = Golden.unhex(sample.getString("hex", ""))
            val bytes = Golden.unhex(sample.getString("bytes", ""))
            val (id, offset) = sample.getString("jobId", "") to sample.getLong("offset", -1)
            if (sample.getString("kind", "") == "output") {
                val output = LauncherMessage.Output(1, offset, byteArrayOf(9) + bytes, 1)
                assertArrayEquals(frame, Pieces.output(id, output))
                continue
            }
            val message = AgentMessages.decode(frame) as AgentMessage.Piece
            assertEquals(listOf(id, offset), listOf(message.jobId, message.piece.offset))
            assertEquals(sample.getInt("file", 0), message.piece.file)
            assertArrayEquals(bytes, frame.copyOfRange(message.piece.from, frame.size))
        }
        for (wrong in Golden.supervisor("refused-pieces.json").map { it.asString() }) {
            refused { AgentMessages.decode(Golden.unhex(wrong)) }
        }
        refused { AgentMessages.decode(Golden.pieces("piece")[0] + ByteArray(PIECE_MAX)) }
    }
}
