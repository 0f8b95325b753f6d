// The launcher's binary frames (android-shim/launcher/README.md): numbers big-endian, text with a u16 length.
package org.abhaya.supervisor

import java.io.ByteArrayOutputStream
import java.io.DataOutputStream
import java.nio.Buffer
import java.nio.BufferUnderflowException
import java.nio.ByteBuffer
import java.nio.charset.CharacterCodingException

internal const val LAUNCHER_PROTOCOL = 4
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

    data class Progress(val job: Long, val cpuMs: Long, val memoryBytes: Long, val bytesIn: Long, val bytesOut: Long) :
        LauncherMessage()

    /** A piece of output of a carried job, within [frame]. */
    class Output(val job: Long, val offset: Long, val frame: ByteArray, val from: Int) : LauncherMessage() {
        val length: Int get() = frame.size - from
    }

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
    private const val CARRY = 0x04
    private const val PIECE = 0x05
    private const val TAKEN = 0x06
    private const val HELLO = 0x81
    private const val PROGRESS = 0x82
    private const val EXIT = 0x83
    private const val READY = 0x84
    private const val OUTPUT = 0x85

    // Limits of what the agent takes (schemas/sandbox-protocol.ts).
    private const val COUNT_MAX = 9_007_199_254_740_991L
    private const val NAMES_MAX = 32
    private const val NAME_MAX = 64
    private const val TIME_MAX_US = 4_294_967_000L

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

    /** The same for a job whose files come as pieces. */
    fun carry(handle: Long, job: Job, sizes: CarriedSizes, spare: Long = 0): ByteArray = frame(CARRY) {
        writeInt(handle.toInt())
        writeByte(job.runtime.code)
        writeInt(spare.toInt())
        writeLong(job.memoryBytes)
        writeInt(job.wallMs.toInt())
        writeInt(job.cpuMs.toInt())
        writeLong(job.maxOutputBytes)
        writeLong(sizes.programBytes)
        writeLong(sizes.inputBytes)
    }

    fun piece(handle: Long, piece: CarriedPiece): ByteArray = frame(PIECE) {
        writeInt(handle.toInt())
        writeByte(piece.file)
        writeLong(piece.offset)
        write(piece.frame, piece.from, piece.length)
    }

    fun taken(handle: Long, bytes: Long): ByteArray = frame(TAKEN) {
        writeInt(handle.toInt())
        writeInt(bytes.toInt())
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
                OUTPUT -> output(at, payload)
                else -> throw ProtocolException("unknown frame $kind from the launcher")
            }
            if (at.hasRemaining()) throw ProtocolException("a frame from the launcher is too long")
            return message
        } catch (_: BufferUnderflowException) {
            throw ProtocolException("a frame from the launcher is too short")
        }
    }

    private fun hello(at: ByteBuffer) = LauncherMessage.Hello(
        at.u16(), at.flag(), at.name(), at.name(), at.names(), at.text(), at.runtimes(), at.lacks(),
    )

    private fun output(at: ByteBuffer, payload: ByteArray): LauncherMessage.Output {
        val output = LauncherMessage.Output(at.u32(), at.count(), payload, at.position())
        if (output.length < 1 || output.length > PIECE_MAX) throw ProtocolException("a piece of ${output.length} bytes")
        // As a Buffer: a ByteBuffer's own came with Java 9, and is not on Android 7.
        (at as Buffer).position(payload.size)
        return output
    }

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
            syscall = at.name(),
            signal = at.name(),
            message = at.text(),
            layers = at.names(),
            errnoHits = at.hits(),
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
    private fun ByteBuffer.time(): Long? = u32().takeIf { it != 0xffffffffL }?.coerceAtMost(TIME_MAX_US)

    private fun ByteBuffer.count(): Long = long.also {
        if (it !in
            0..COUNT_MAX
        ) {
            throw ProtocolException("a count is absurd")
        }
    }

    private fun ByteBuffer.flag(): Boolean = when (val value = u8()) {
        0 -> false
        1 -> true
        else -> throw ProtocolException("a flag is $value")
    }

    private fun ByteBuffer.names(): List<String> {
        val names = (0 until u8()).map { name() }
        if (names.size > NAMES_MAX || "" in names) throw ProtocolException("${names.size} names from the launcher")
        return names
    }

    private fun ByteBuffer.runtimes(): List<String> = names().onEach(ServiceRuntime::named)

    private fun ByteBuffer.lacks(): Map<String, String> =
        (0 until u8()).associate { ServiceRuntime.named(name()).wire to text() }

    private fun ByteBuffer.hits(): Map<String, Long> = (0 until u8()).associate {
        val call = name()
        if (call.isEmpty() || !call.all { it in 'a'..'z' || it in '0'..'9' || it == '_' }) {
            throw ProtocolException("'$call' is no call")
        }
        call to u32()
    }

    private fun ByteBuffer.name(): String =
        text().also { if (it.length > NAME_MAX) throw ProtocolException("a name of ${it.length} letters") }

    private fun ByteBuffer.text(): String {
        val length = u16()
        if (length > remaining()) throw BufferUnderflowException()
        try {
            return utf8(ByteBuffer.wrap(ByteArray(length).also { get(it) }))
        } catch (_: CharacterCodingException) {
            throw ProtocolException("text from the launcher is not UTF-8")
        }
    }
}
