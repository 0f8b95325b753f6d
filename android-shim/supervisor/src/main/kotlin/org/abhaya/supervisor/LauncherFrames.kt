// The launcher's binary frames (android-shim/launcher/README.md): numbers big-endian, text with a u16 length.
package org.abhaya.supervisor

import java.io.ByteArrayOutputStream
import java.io.DataOutputStream
import java.nio.BufferUnderflowException
import java.nio.ByteBuffer
import java.nio.charset.CharacterCodingException
import java.nio.charset.CodingErrorAction

internal const val LAUNCHER_PROTOCOL = 3
internal const val LAUNCHER_FRAME_MAX = 16_384

internal sealed class LauncherMessage {
    data class Hello(
        val protocol: Int,
        val available: Boolean,
        val arch: String,
        val kernel: String,
        val layers: List<String>,
        val message: String,
        val runtimes: List<String>,
        /** Why a runtime that was asked for is not there, by its name. */
        val lacks: Map<String, String>,
    ) : LauncherMessage()

    /** A process that was started ahead waits, locked, for its service. */
    data class Ready(val job: Long) : LauncherMessage()

    data class Progress(
        val job: Long,
        val cpuMs: Long,
        val memoryBytes: Long,
        val bytesIn: Long,
        val bytesOut: Long,
    ) : LauncherMessage()

    data class Exit(val job: Long, val report: ExitReport) : LauncherMessage()
}

/** The closed set of spec 03; [code] is the launcher's number for it. */
internal enum class ExitReason(val code: Int, val wire: String) {
    COMPLETED(1, "completed"),
    FAILED(2, "failed"),
    CRASHED(3, "crashed"),
    SYSCALL_DENIED(4, "syscall-denied"),
    OUT_OF_MEMORY(5, "out-of-memory"),
    WALL_TIMEOUT(6, "wall-timeout"),
    CPU_TIMEOUT(7, "cpu-timeout"),
    OUTPUT_LIMIT(8, "output-limit"),
    CANCELLED(9, "cancelled"),
    SANDBOX_ERROR(10, "sandbox-error"),
}

internal data class ExitReport(
    val reason: ExitReason,
    val syscall: String = "",
    val signal: String = "",
    val exitCode: Int? = null,
    val cpuMs: Long = 0,
    val peakMemoryBytes: Long = 0,
    val wallMs: Long = 0,
    /** Microseconds from taking the job on to its first byte of output. */
    val firstByteUs: Long? = null,
    /** Microseconds from the verdict to the reaped process. */
    val teardownUs: Long? = null,
    val bytesIn: Long = 0,
    val bytesOut: Long = 0,
    val errnoHits: Map<String, Long> = emptyMap(),
    val layers: List<String> = emptyList(),
    val message: String = "",
)

internal object LauncherFrames {
    private const val START = 0x01
    private const val CANCEL = 0x02
    private const val WARM = 0x03
    private const val HELLO = 0x81
    private const val PROGRESS = 0x82
    private const val EXIT = 0x83
    private const val READY = 0x84

    /** [spare] is the handle of the process that takes it, 0 for none; [acceptedNs] of CLOCK_MONOTONIC, 0 for unknown. */
    fun start(handle: Long, job: Job, spare: Long = 0, acceptedNs: Long = 0): ByteArray = frame(START) {
        writeInt(handle.toInt())
        writeByte(job.runtime.code)
        writeInt(spare.toInt())
        writeLong(acceptedNs)
        writeLong(job.memoryBytes)
        writeInt(job.wallMs.toInt())
        writeInt(job.cpuMs.toInt())
        writeLong(job.maxOutputBytes)
        for (path in listOf(job.program, job.inputPath, job.outputPath)) {
            val bytes = path.toByteArray(Charsets.UTF_8)
            writeShort(bytes.size)
            write(bytes)
        }
    }

    fun warm(handle: Long, runtime: ServiceRuntime, memoryBytes: Long): ByteArray = frame(WARM) {
        writeInt(handle.toInt())
        writeByte(runtime.code)
        writeLong(memoryBytes)
    }

    fun cancel(handle: Long): ByteArray = frame(CANCEL) { writeInt(handle.toInt()) }

    /** Throws [ProtocolException] for anything that the launcher would not say. */
    fun decode(payload: ByteArray): LauncherMessage {
        val at = ByteBuffer.wrap(payload)
        try {
            val message = when (val kind = at.u8()) {
                HELLO -> hello(at)
                PROGRESS -> LauncherMessage.Progress(at.u32(), at.u32(), at.count(), at.count(), at.count())
                EXIT -> exit(at)
                READY -> LauncherMessage.Ready(at.u32())
                else -> throw ProtocolException("unknown frame $kind from the launcher")
            }
            if (at.hasRemaining()) throw ProtocolException("a frame from the launcher is too long")
            return message
        } catch (_: BufferUnderflowException) {
            throw ProtocolException("a frame from the launcher is too short")
        }
    }

    private fun hello(at: ByteBuffer) =
        LauncherMessage.Hello(
            at.u16(), at.flag(), at.text(), at.text(), at.names(), at.text(), at.names(),
            (0 until at.u8()).associate { at.text() to at.text() },
        )

    private fun exit(at: ByteBuffer): LauncherMessage.Exit {
        val job = at.u32()
        val code = at.u8()
        val reason = ExitReason.values().firstOrNull { it.code == code }
            ?: throw ProtocolException("unknown reason $code from the launcher")
        val hasExitCode = at.flag()
        val exitCode = at.u8()
        val report = ExitReport(
            reason = reason,
            exitCode = if (hasExitCode) exitCode else null,
            cpuMs = at.u32(),
            wallMs = at.u32(),
            firstByteUs = at.time(),
            teardownUs = at.time(),
            peakMemoryBytes = at.count(),
            bytesIn = at.count(),
            bytesOut = at.count(),
            syscall = at.text(),
            signal = at.text(),
            message = at.text(),
            layers = at.names(),
            errnoHits = (0 until at.u8()).associate { at.text() to at.u32() },
        )
        return LauncherMessage.Exit(job, report)
    }

    private inline fun frame(kind: Int, body: DataOutputStream.() -> Unit): ByteArray {
        val bytes = ByteArrayOutputStream()
        val out = DataOutputStream(bytes)
        out.writeByte(kind)
        out.body()
        return bytes.toByteArray()
    }

    private fun ByteBuffer.u8(): Int = get().toInt() and 0xff

    private fun ByteBuffer.u16(): Int = short.toInt() and 0xffff

    private fun ByteBuffer.u32(): Long = int.toLong() and 0xffffffffL

    /** All bits set: it was never measured. */
    private fun ByteBuffer.time(): Long? = u32().takeIf { it != 0xffffffffL }

    private fun ByteBuffer.count(): Long = long.also { if (it < 0) throw ProtocolException("a count is absurd") }

    private fun ByteBuffer.flag(): Boolean = when (val value = u8()) {
        0 -> false
        1 -> true
        else -> throw ProtocolException("a flag is $value")
    }

    private fun ByteBuffer.names(): List<String> = (0 until u8()).map { text() }

    private fun ByteBuffer.text(): String {
        val length = u16()
        if (length > remaining()) throw BufferUnderflowException()
        val bytes = ByteArray(length).also { get(it) }
        try {
            return Charsets.UTF_8.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .decode(ByteBuffer.wrap(bytes))
                .toString()
        } catch (_: CharacterCodingException) {
            throw ProtocolException("text from the launcher is not UTF-8")
        }
    }
}
