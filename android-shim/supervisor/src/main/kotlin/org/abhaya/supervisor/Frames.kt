// Length-prefixed frames over streams: u32 big-endian length, then that many bytes.
package org.abhaya.supervisor

import java.io.DataInputStream
import java.io.EOFException
import java.io.InputStream
import java.io.OutputStream
import java.nio.ByteBuffer
import java.nio.charset.CodingErrorAction

/** The other side broke the protocol; nothing that it says can be trusted any more. */
internal class ProtocolException(message: String) : Exception(message)

internal class FrameReader(input: InputStream, private val maxBytes: Int) {
    private val data = DataInputStream(input.buffered())

    /** The next frame, or null at the end of the stream. A stream that ends within a frame is a [ProtocolException]. */
    fun read(): ByteArray? {
        val first = data.read()
        if (first < 0) return null
        try {
            val length = (first shl 24) or (data.readUnsignedByte() shl 16) or data.readUnsignedShort()
            if (length < 1 || length > maxBytes) throw ProtocolException("a frame of $length bytes")
            return ByteArray(length).also(data::readFully)
        } catch (_: EOFException) {
            throw ProtocolException("the stream ends within a frame")
        }
    }
}

/** Writes whole frames; safe to use from several threads. */
internal class FrameWriter(private val output: OutputStream) {
    @Synchronized
    fun write(payload: ByteArray) {
        val frame = ByteArray(payload.size + 4)
        for (i in 0 until 4) frame[i] = (payload.size ushr (24 - 8 * i)).toByte()
        System.arraycopy(payload, 0, frame, 4, payload.size)
        output.write(frame)
        output.flush()
    }
}

/** Strict: what is no UTF-8 is a CharacterCodingException, never a text with question marks in it. */
internal fun utf8(bytes: ByteBuffer): String =
    Charsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT).decode(bytes).toString()
