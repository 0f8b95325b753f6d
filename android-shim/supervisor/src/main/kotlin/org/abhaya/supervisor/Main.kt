// Entry of the supervisor: `java -cp supervisor.jar org.abhaya.supervisor.Main`, or app_process on a phone.
package org.abhaya.supervisor

import java.io.FileDescriptor
import java.io.FileInputStream
import java.io.FileOutputStream
import java.io.IOException
import java.io.InputStream
import java.io.OutputStream

internal class NativeLauncher(command: List<String>) : LauncherProcess {
    private val process: Process = ProcessBuilder(command)
        .apply { environment().keys.retainAll(PHONE_VARIABLES) }
        .start()
        .also { passOn(it.errorStream, System.err) }

    override val input: OutputStream = process.outputStream
    override val output: InputStream = process.inputStream

    override fun awaitEnd(): String {
        val code = process.waitFor()
        return if (code > SIGNAL_BASE) "signal ${code - SIGNAL_BASE}" else "exit code $code"
    }

    /** End-of-file is enough for a healthy launcher; a hung one is killed, which ends its services too. */
    override fun destroy() {
        try {
            input.close()
        } catch (_: IOException) {
            // It has gone already.
        }
        try {
            if (process.endsWithin(PATIENCE_MS)) return
        } catch (_: InterruptedException) {
            Thread.currentThread().interrupt()
        }
        process.kill()
    }

    private companion object {
        const val PATIENCE_MS = 1000L
        const val SIGNAL_BASE = 128

        /** Where a phone's own ART finds things (src/art.c in the launcher); services of other runtimes get none of it. */
        val PHONE_VARIABLES = setOf(
            "ANDROID_ROOT", "ANDROID_DATA", "ANDROID_ART_ROOT", "ANDROID_RUNTIME_ROOT", "ANDROID_I18N_ROOT",
            "ANDROID_TZDATA_ROOT", "BOOTCLASSPATH", "DEX2OATBOOTCLASSPATH",
        )
    }
}

object Main {
    @JvmStatic
    fun main(args: Array<String>) {
        // Not System.in and out: nothing else may ever print among the frames.
        val agentIn = FileInputStream(FileDescriptor.`in`)
        val agentOut = FileOutputStream(FileDescriptor.out)
        System.setOut(System.err)
        val code = Supervisor(agentIn, agentOut, ::NativeLauncher).serve()
        // The reader of the agent's stream can't be interrupted.
        Runtime.getRuntime().halt(code)
    }
}
