package org.abhaya.supervisor

import com.eclipsesource.json.Json
import com.eclipsesource.json.JsonObject
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.api.io.TempDir
import java.io.File
import java.io.PipedInputStream
import java.io.PipedOutputStream
import java.nio.file.Path
import java.util.concurrent.CompletableFuture

/** The supervisor with the real launcher, spoken with as the agent does. */
@Timeout(60)
internal class SupervisorTest {
    @TempDir
    lateinit var folder: Path

    private val launcherPath = Golden.build("android-shim/launcher", "abhaya-launcher")
    private val wordcount = Golden.build("services/wordcount", "wordcount")
    private val attempts = Golden.build("android-shim/conformance", "attempts")

    private val toSupervisor = PipedOutputStream()
    private val fromSupervisor = PipedInputStream(1 shl 16)
    private val said = FrameReader(fromSupervisor, AGENT_FRAME_MAX)
    private val writer = FrameWriter(toSupervisor)
    private val exitCode = CompletableFuture<Int>()
    private var launcher: LauncherProcess? = null
    private val serving = Thread {
        val output = PipedOutputStream(fromSupervisor)
        val input = PipedInputStream(toSupervisor, 1 shl 16)
        val supervisor = Supervisor(input, output) { command -> NativeLauncher(command).also { launcher = it } }
        exitCode.complete(supervisor.serve())
        output.close()
    }

    @AfterEach
    fun end() {
        toSupervisor.close()
        serving.join()
        launcher?.awaitEnd()
    }

    private fun say(json: JsonObject) = writer.write(json.toString().toByteArray())

    private fun hear(): JsonObject = json(said.read()!!)

    private fun greet(path: String = launcherPath): JsonObject {
        serving.start()
        // The pipes are joined by the serving thread.
        while (true) {
            try {
                val limits = Json.`object`().add("maxMemoryBytes", 67_108_864).add("maxWallMs", 5000)
                    .add("maxCpuMs", 5000).add("maxOutputBytes", 65_536).add("maxChildren", 2)
                say(Json.`object`().add("kind", "hello").add("protocol", 4).add("launcher", path).add("limits", limits))
                return hear()
            } catch (notYet: java.io.IOException) {
                if (notYet.message?.contains("not connected") != true) throw notYet
                Thread.sleep(5)
            }
        }
    }

    private fun run(id: String, program: String, input: String) {
        val inputFile = File(folder.toFile(), "$id.in").apply { writeText(input) }
        val job = Json.`object`().add("jobId", id).add("runtime", "native").add("program", program)
            .add("inputPath", inputFile.path).add("outputPath", File(folder.toFile(), "$id.out").path)
            .add("memoryBytes", 67_108_864).add("wallMs", 5000).add("cpuMs", 5000).add("maxOutputBytes", 65_536)
        say(Json.`object`().add("kind", "run").add("job", job))
    }

    @Test
    fun `a service runs and a hostile one is named`() {
        assertEquals("native", greet().get("runtimes").asArray()[0].asString())
        run("a", wordcount, "one two two\n")
        assertEquals("started", hear().getString("kind", null))
        val report = hear().get("report").asObject()
        assertEquals("completed", report.getString("reason", null))
        val result = Json.parse(File(folder.toFile(), "a.out").readText()).asObject()
        assertEquals(listOf(1, 3, 12), listOf("lines", "words", "bytes").map { result.getInt(it, -1) })

        run("b", attempts, "open-file")
        assertEquals("started", hear().getString("kind", null))
        val denied = hear().get("report").asObject()
        val (reason, call) = listOf("reason", "syscall").map { denied.getString(it, null) }
        assertEquals("syscall-denied openat", "$reason $call")
    }

    @Test
    fun `the agent's end is the end`() {
        greet()
        run("a", attempts, "spin-for-ever")
        hear()
        toSupervisor.close()
        assertEquals(0, exitCode.get())
        assertEquals("exit code 0", launcher!!.awaitEnd())
    }

    @Test
    fun `a broken frame ends everything`() {
        greet()
        run("a", attempts, "spin-for-ever")
        hear()
        say(Json.`object`().add("kind", "nonsense"))
        while (true) {
            val frame = hear()
            if (frame.getString("kind", null) != "died") continue
            assertTrue(frame.getString("message", "").startsWith("protocol: "))
            break
        }
        assertEquals(2, exitCode.get())
        launcher!!.awaitEnd()
    }

    @Test
    fun `a launcher that is none is refused`() {
        val hello = greet("/bin/true")
        assertEquals("died", hello.getString("kind", null))
        assertEquals(3, exitCode.get())
        assertNull(said.read())
    }
}
