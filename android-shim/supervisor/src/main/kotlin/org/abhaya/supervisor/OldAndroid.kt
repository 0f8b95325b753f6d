// What java.lang.Process and ProcessBuilder have on a JVM, and on Android only since version 8 (API 26).
package org.abhaya.supervisor

import java.io.IOException
import java.io.InputStream
import java.io.OutputStream

/** True when the process ended within the time. Process.waitFor with a time is API 26. */
internal fun Process.endsWithin(ms: Long): Boolean {
    val waiting = daemon("end") {
        try {
            waitFor()
        } catch (_: InterruptedException) {
            // Nobody waits any more.
        }
    }
    waiting.join(ms)
    val ended = !waiting.isAlive
    waiting.interrupt()
    return ended
}

/**
 * SIGKILL. Before API 26 there is only destroy(), which sends just that
 * (https://android.googlesource.com/platform/libcore/+/android-7.0.0_r1/luni/src/main/java/java/lang/ProcessManager.java);
 * everywhere else it is a polite SIGTERM.
 */
internal fun Process.kill() {
    try {
        Process::class.java.getMethod("destroyForcibly").invoke(this)
    } catch (_: ReflectiveOperationException) {
        destroy()
    }
}

/** Passes on what comes until the stream ends. ProcessBuilder.Redirect.INHERIT is API 26. */
internal fun passOn(from: InputStream, to: OutputStream) {
    daemon("stderr") {
        try {
            from.copyTo(to, STDERR_BUFFER)
        } catch (_: IOException) {
            // One of both has gone.
        }
    }
}

private fun daemon(name: String, body: () -> Unit): Thread {
    val thread = Thread(body, name)
    thread.isDaemon = true
    thread.start()
    return thread
}

private const val STDERR_BUFFER = 1024
