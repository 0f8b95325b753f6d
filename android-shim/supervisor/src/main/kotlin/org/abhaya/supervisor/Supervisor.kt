// Joins the pure core to its streams: one thread reads the agent, one the launcher, a lock makes them take turns.
// It restarts nothing: when the launcher dies, every job gets its report, the agent hears why, and the supervisor ends.
package org.abhaya.supervisor

import java.io.IOException
import java.io.InputStream
import java.io.OutputStream
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger

/** The launcher as a process with two pipes; [destroy] is harmless when it has ended. */
internal interface LauncherProcess {
    val input: OutputStream
    val output: InputStream

    /** Waits for its end; a sentence on how it ended. */
    fun awaitEnd(): String

    fun destroy()
}

internal class Supervisor(
    private val fromAgent: InputStream,
    toAgent: OutputStream,
    private val startLauncher: (command: List<String>) -> LauncherProcess,
) {
    private val agent = FrameWriter(toAgent)
    private val turn = Any()
    private val ended = CountDownLatch(1)
    private val exitCode = AtomicInteger(EXIT_OK)

    /** Serves until the agent closes its end (0), breaks the protocol (2), or the launcher dies (3). */
    fun serve(): Int {
        val frames = FrameReader(fromAgent, AGENT_FRAME_MAX)
        val hello = try {
            frames.read()?.let(AgentMessages::decode) ?: return EXIT_OK
        } catch (cause: ProtocolException) {
            return refuse(cause)
        }
        if (hello !is AgentMessage.Hello) return refuse(ProtocolException("the first frame is not a hello"))
        val launcher = try {
            startLauncher(command(hello))
        } catch (cause: IOException) {
            agent.write(AgentMessages.died("the launcher can't be started: ${cause.message}"))
            return EXIT_LAUNCHER
        }
        try {
            return serve(frames, hello, launcher)
        } finally {
            launcher.destroy()
        }
    }

    private fun command(hello: AgentMessage.Hello): List<String> = listOf(hello.launcher) +
        (if (hello.limits.maxCarriedBytes > 0) listOf("--bytes") else emptyList()) +
        hello.runtimes.flatMap { (runtime, place) ->
            val option = if (place.proven) "--proven" else "--runtime"
            place.folder?.let { listOf(option, "${runtime.wire}=$it") } ?: emptyList()
        }

    private fun serve(agentFrames: FrameReader, hello: AgentMessage.Hello, launcher: LauncherProcess): Int {
        val launcherFrames = FrameReader(launcher.output, LAUNCHER_FRAME_MAX)
        val greeting = try {
            launcherFrames.read()?.let(LauncherFrames::decode) as? LauncherMessage.Hello
        } catch (_: ProtocolException) {
            null
        }
        if (greeting == null || greeting.protocol != LAUNCHER_PROTOCOL) {
            agent.write(AgentMessages.died("the launcher does not speak protocol $LAUNCHER_PROTOCOL"))
            return EXIT_LAUNCHER
        }
        val core = Core(hello.limits, greeting, hello.runtimes, System::nanoTime)
        val toLauncher = FrameWriter(launcher.input)
        agent.write(AgentMessages.hello(greeting))
        synchronized(turn) { perform(core.start(), toLauncher) }
        start("agent") { readAgent(agentFrames, core, toLauncher) }
        start("launcher") { readLauncher(launcherFrames, core, toLauncher, launcher) }
        while (!ended.await(CLOCK_MS, TimeUnit.MILLISECONDS)) {
            synchronized(turn) { perform(core.onClock(), toLauncher) }
        }
        return exitCode.get()
    }

    private fun readAgent(frames: FrameReader, core: Core, toLauncher: FrameWriter) {
        try {
            while (true) {
                val message = frames.read()?.let(AgentMessages::decode) ?: return end(EXIT_OK)
                synchronized(turn) { perform(core.onAgent(message), toLauncher) }
            }
        } catch (cause: ProtocolException) {
            end(refuse(cause))
        } catch (_: IOException) {
            end(EXIT_OK)
        }
    }

    private fun readLauncher(frames: FrameReader, core: Core, toLauncher: FrameWriter, launcher: LauncherProcess) {
        val why = try {
            while (true) {
                val message = frames.read()?.let(LauncherFrames::decode) ?: break
                synchronized(turn) { perform(core.onLauncher(message), toLauncher) }
            }
            "the launcher died: ${launcher.awaitEnd()}"
        } catch (cause: ProtocolException) {
            // What it says can't be trusted; ending it ends every service.
            launcher.destroy()
            "the launcher broke the protocol: ${cause.message}"
        } catch (cause: IOException) {
            "the launcher can't be read: ${cause.message}"
        }
        try {
            synchronized(turn) { perform(core.onLauncherDeath(why), toLauncher) }
        } catch (_: IOException) {
            // The agent has gone too.
        }
        end(EXIT_LAUNCHER)
    }

    private fun perform(effects: List<Effect>, toLauncher: FrameWriter) {
        for (effect in effects) {
            when (effect) {
                is Effect.ToAgent -> agent.write(effect.frame)
                is Effect.ToLauncher -> try {
                    toLauncher.write(effect.frame)
                } catch (_: IOException) {
                    // Its reader sees the end and reports it for every job.
                }
            }
        }
    }

    private fun refuse(cause: ProtocolException): Int {
        try {
            agent.write(AgentMessages.died("protocol: ${cause.message}"))
        } catch (_: IOException) {
            // Nobody listens.
        }
        return EXIT_PROTOCOL
    }

    private fun end(code: Int) {
        exitCode.compareAndSet(EXIT_OK, code)
        ended.countDown()
    }

    private fun start(name: String, body: () -> Unit) {
        val thread = Thread(body, name)
        thread.isDaemon = true
        thread.start()
    }

    internal companion object {
        private const val CLOCK_MS = 30_000L
        const val EXIT_OK = 0
        const val EXIT_PROTOCOL = 2
        const val EXIT_LAUNCHER = 3
    }
}
