// What a probe asks the device with: a command's output or a file's text, bounded in time and size, or nothing.
package org.abhaya.probe

import org.abhaya.supervisor.endsWithin
import org.abhaya.supervisor.kill
import java.io.ByteArrayOutputStream
import java.io.File
import java.io.FileInputStream
import java.io.IOException
import java.io.InputStream
import java.util.concurrent.atomic.AtomicReference

internal interface CommandRunner {
    /** What it wrote; null when it isn't there, fails, takes too long or writes too much. */
    fun run(vararg command: String): String?

    /** Null when it can't be read. */
    fun read(path: String): String?
}

/** The real device. [proc] and [sys] are where those file systems are mounted: a plain virtual phone has its own. */
internal class DeviceCommands(private val proc: String = "/proc", private val sys: String = "/sys") : CommandRunner {
    override fun run(vararg command: String): String? {
        val process = try {
            ProcessBuilder(command.toList()).redirectErrorStream(true).start()
        } catch (_: IOException) {
            return null
        }
        try {
            val said = AtomicReference<String?>()
            val reader = Thread({ said.set(textOf(process.inputStream)) }, "probe")
            reader.isDaemon = true
            reader.start()
            reader.join(PATIENCE_MS)
            return said.get()?.takeIf { process.endsWithin(PATIENCE_MS) && process.exitValue() == 0 }
        } finally {
            process.kill()
        }
    }

    override fun read(path: String): String? {
        val file = when {
            path.startsWith("/proc/") -> File(proc, path.removePrefix("/proc/"))
            path.startsWith("/sys/") -> File(sys, path.removePrefix("/sys/"))
            else -> File(path)
        }
        return try {
            FileInputStream(file).use(::textOf)
        } catch (_: IOException) {
            null
        }
    }

    /** Null for more than [BYTES_MAX]. */
    private fun textOf(stream: InputStream): String? {
        val bytes = ByteArrayOutputStream()
        val buffer = ByteArray(BUFFER)
        try {
            while (bytes.size() <= BYTES_MAX) {
                val count = stream.read(buffer)
                if (count < 0) return bytes.toString("UTF-8")
                bytes.write(buffer, 0, count)
            }
        } catch (_: IOException) {
            // What was read so far may end anywhere.
        }
        return null
    }

    private companion object {
        const val PATIENCE_MS = 5_000L
        const val BYTES_MAX = 4 * 1024 * 1024
        const val BUFFER = 8192
    }
}
