package org.abhaya.supervisor

import com.eclipsesource.json.Json
import com.eclipsesource.json.JsonObject
import com.eclipsesource.json.JsonValue
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

internal fun json(frame: ByteArray): JsonObject = Json.parse(String(frame, Charsets.UTF_8)).asObject()

/** Order of fields doesn't matter in JSON. */
internal fun sorted(value: JsonValue): Any = when {
    value.isObject -> value.asObject().associate { it.name to sorted(it.value) }.toSortedMap()
    value.isArray -> value.asArray().map(::sorted)
    else -> value.toString()
}

private fun bytes(text: String) = text.toByteArray(Charsets.UTF_8)

internal class AgentMessagesTest {
    @Test
    fun `golden frames of the agent are understood`() {
        val frames = Golden.supervisor("to-supervisor.json").map { AgentMessages.decode(bytes("$it")) }
        val limits = Limits(268_435_456, 30_000, 30_000, 1_073_741_824, 28)
        val native = Job(
            "task:1.a", ServiceRuntime.NATIVE, "/data/service/x86_64/wordcount",
            "/data/in", "/data/äus", 67_108_864, 30_000, 30_000, 1_048_576,
        )
        val places = mapOf(
            ServiceRuntime.NODEJS to RuntimePlace("/data/runtime", 1),
            ServiceRuntime.NATIVE to RuntimePlace(null, 2),
            ServiceRuntime.PYTHON to RuntimePlace("/data/python", 1, onDemand = true, proven = true),
        )
        val expected = listOf(
            AgentMessage.Hello("/data/abhaya-launcher", limits, emptyMap()),
            AgentMessage.Hello("/data/abhaya-launcher", limits, places),
            AgentMessage.Run(native),
            AgentMessage.Run(native.copy(runtime = ServiceRuntime.NODEJS, program = "/data/service/main.js")),
            AgentMessage.Run(native.copy(runtime = ServiceRuntime.JVM, program = "/data/service/main.jar")),
            AgentMessage.Cancel("task:1.a"),
            AgentMessage.Hello("/data/abhaya-launcher", limits.copy(maxCarriedBytes = 134_217_728), emptyMap()),
            AgentMessage.Run(
                native.copy(
                    runtime = ServiceRuntime.GO,
                    program = "",
                    inputPath = "",
                    outputPath = "",
                    carried = CarriedSizes(900_000, 0),
                ),
            ),
            AgentMessage.Taken("task:1.a", 16_000),
        )
        assertEquals(expected, frames)
    }

    @TestFactory
    fun `what the schema refuses is refused here too`(): List<DynamicTest> =
        Golden.supervisor("refused-by-supervisor.json").map { value ->
            dynamicTest("$value".take(120)) {
                assertThrows(ProtocolException::class.java) { AgentMessages.decode(bytes("$value")) }
            }
        }

    @Test
    fun `what JSON schemas can't see is refused`() {
        val cancel = """{"kind":"cancel","jobId":"a","jobId":"b"}"""
        for (text in listOf("", "{", "nonsense", "{} {}", cancel)) {
            assertThrows(ProtocolException::class.java) { AgentMessages.decode(bytes(text)) }
        }
    }

    @Test
    fun `what the supervisor says is golden`() {
        val layers = listOf("seccomp", "landlock")
        val able = LauncherMessage.Hello(4, true, "x86_64", "6.1.0", layers, "", listOf("native", "nodejs"), emptyMap())
        val why = "kernel 4.19.0 can't show denied calls"
        val lacks = mapOf("nodejs" to "no folder", "python" to "no folder")
        val unable = LauncherMessage.Hello(4, false, "armv7", "4.19.0", emptyList(), why, emptyList(), lacks)
        val denied = ExitReport(
            ExitReason.SYSCALL_DENIED,
            syscall = "openat",
            cpuMs = 3,
            peakMemoryBytes = 200_704,
            wallMs = 5,
            teardownUs = 750,
            bytesIn = 9,
            errnoHits = mapOf("rseq" to 1L, "ioctl" to 300L),
            layers = layers,
        )
        val failed = ExitReport(ExitReason.FAILED, exitCode = 255, peakMemoryBytes = 1, firstByteUs = 1500)
        val crashed = ExitReport(ExitReason.CRASHED, signal = "SIGSEGV", layers = listOf("seccomp"))
        val lost = ExitReport(ExitReason.SANDBOX_ERROR, message = "the launcher died: signal 9")
        val said = listOf(
            AgentMessages.hello(able),
            AgentMessages.hello(unable),
            AgentMessages.wanted("task:1.a"),
            AgentMessages.started("task:1.a"),
            AgentMessages.progress("task:1.a", LauncherMessage.Progress(7, 1200, 5_000_000, 65_536, 4_294_967_296)),
            AgentMessages.exit("task:1.a", denied),
            AgentMessages.exit("task:1.a", failed),
            AgentMessages.exit("task:1.a", crashed),
            AgentMessages.exit("task:1.a", lost),
            AgentMessages.died("the launcher died: signal 9"),
        )
        assertEquals(
            Golden.supervisor("from-supervisor.json").map(::sorted),
            said.map { sorted(json(it)) },
        )
    }
}
