package org.abhaya.shim

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Test

internal class MeetingsTest {
    private val dropped = ArrayList<String>()
    private val meetings = Meetings<String> { dropped += it }

    @Test
    fun `both halves meet in any order, the agent's first`() {
        assertNull(meetings.arrive("a", Meetings.Half.IN, "in"))
        assertEquals("in" to "out", meetings.arrive("a", Meetings.Half.OUT, "out"))
        assertNull(meetings.arrive("a", Meetings.Half.OUT, "out 2"))
        assertEquals("in 2" to "out 2", meetings.arrive("a", Meetings.Half.IN, "in 2"))
        assertEquals(emptyList<String>(), dropped)
    }

    @Test
    fun `names don't mix`() {
        assertNull(meetings.arrive("a", Meetings.Half.IN, "in"))
        assertNull(meetings.arrive("b", Meetings.Half.OUT, "out"))
    }

    @Test
    fun `what nobody meets is dropped`() {
        assertNull(meetings.arrive("a", Meetings.Half.IN, "first"))
        assertNull(meetings.arrive("a", Meetings.Half.IN, "second"))
        assertEquals(listOf("first"), dropped)
        for (i in 0 until Meetings.WAITING_MAX) assertNull(meetings.arrive("b$i", Meetings.Half.OUT, "out"))
        assertEquals(listOf("first", "second"), dropped)
    }

    @Test
    fun `only names that we make are places`() {
        assertEquals("0123abcd" to Meetings.Half.OUT, Meetings.parse("/0123abcd/out"))
        for (path in listOf(null, "", "/", "/0123abcd", "/0123abcd/in/", "/../in", "/0123ABCD/in", "/x/in")) {
            assertNull(Meetings.parse(path), "$path")
        }
    }
}
