// Files of jobs that name no path, as they come and go in pieces: passed on, never kept. On the agent's wire a piece is
// no JSON: a first byte that JSON can't begin with, the job's name, and the bytes (schemas/sandbox-pieces.ts).
package org.abhaya.supervisor

import java.nio.ByteBuffer

internal const val PIECE_MAX = 16_000

/** Output of a job that is under way and not yet taken, as the launcher has it. */
internal const val CARRIED_WINDOW = 65_536L
internal const val CARRIED_FILE_MAX = 1L shl 40

internal data class CarriedSizes(val programBytes: Long, val inputBytes: Long) {
    val total: Long get() = programBytes + inputBytes
}

/** Of a program (1) or an input (2), within [frame]. */
internal class CarriedPiece(val file: Int, val offset: Long, val frame: ByteArray, val from: Int) {
    val length: Int get() = frame.size - from
}

/** How far a job's files have come. Throws [ProtocolException] for what can't be. */
internal class Transfer(private val sizes: CarriedSizes) {
    private var program = 0L
    private var input = 0L
    private var sent = 0L
    private var untaken = 0L

    val isWhole: Boolean get() = program == sizes.programBytes && input == sizes.inputBytes

    fun onPiece(piece: CarriedPiece) {
        val ofProgram = piece.file == Pieces.PROGRAM
        val got = if (ofProgram) program else input
        val size = if (ofProgram) sizes.programBytes else sizes.inputBytes
        if (piece.offset != got) throw ProtocolException("a piece of a job's files is missing, or came twice")
        if (piece.length > size - got) throw ProtocolException("more of a job's files came than was announced")
        if (ofProgram) program += piece.length else input += piece.length
    }

    fun onOutput(piece: LauncherMessage.Output) {
        if (!isWhole) throw ProtocolException("the launcher sends output of a job that can't have begun")
        if (piece.offset != sent) throw ProtocolException("a piece of output is missing, or came twice")
        if (untaken + piece.length > CARRIED_WINDOW) throw ProtocolException("more output than may be under way")
        sent += piece.length
        untaken += piece.length
    }

    fun onTaken(bytes: Long) {
        if (bytes > untaken) throw ProtocolException("more output was taken than was sent")
        untaken -= bytes
    }
}

internal object Pieces {
    const val TO_SUPERVISOR: Byte = 0x01
    const val PROGRAM = 1
    private const val INPUT = 2
    private const val TO_AGENT = 0x02
    private const val NAME_MAX = 128

    /** kind, u8 file, u8 length of the job's name, the name, u64 offset, bytes. */
    fun decode(payload: ByteArray): AgentMessage.Piece {
        if (payload.size < 3) throw ProtocolException("a piece is too short")
        val file = payload[1].toInt()
        val length = payload[2].toInt() and 0xff
        val from = 3 + length + Long.SIZE_BYTES
        if (file != PROGRAM && file != INPUT) throw ProtocolException("a piece of no file")
        if (payload.size <= from) throw ProtocolException("a piece is too short")
        if (payload.size - from > PIECE_MAX) throw ProtocolException("a piece is too long")
        val jobId = String(payload, 3, length, Charsets.ISO_8859_1)
        if (length > NAME_MAX || !isJobId(jobId)) throw ProtocolException("a piece's job is not a job id")
        val offset = ByteBuffer.wrap(payload, 3 + length, Long.SIZE_BYTES).long
        if (offset < 0 || offset > CARRIED_FILE_MAX) throw ProtocolException("a piece's offset is absurd")
        return AgentMessage.Piece(jobId, CarriedPiece(file, offset, payload, from))
    }

    /** kind, u8 length of the job's name, the name, u64 offset, bytes. */
    fun output(jobId: String, output: LauncherMessage.Output): ByteArray {
        val name = jobId.toByteArray(Charsets.ISO_8859_1)
        val frame = ByteBuffer.allocate(2 + name.size + Long.SIZE_BYTES + output.length)
        frame.put(TO_AGENT.toByte()).put(name.size.toByte()).put(name).putLong(output.offset)
        return frame.put(output.frame, output.from, output.length).array()
    }
}
