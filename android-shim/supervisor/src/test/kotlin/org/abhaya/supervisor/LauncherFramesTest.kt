package org.abhaya.supervisor

import com.eclipsesource.json.JsonObject
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource

internal class LauncherFramesTest {
    @Test
    fun `START, WARM and CANCEL are the golden bytes`() {
        for (name in listOf("start", "start-nodejs")) checkStart(name)
        assertArrayEquals(Golden.launcherPayload("warm"), LauncherFrames.warm(5, ServiceRuntime.NODEJS, 67_108_864))
        assertArrayEquals(Golden.launcherPayload("cancel"), LauncherFrames.cancel(7))
    }

    @Test
    fun `a job's files as pieces are the golden bytes`() {
        val job = Job("any", ServiceRuntime.GO, "", "", "", 67_108_864, 30_000, 20_000, 1_048_576)
        assertArrayEquals(
            Golden.launcherPayload("carry"),
            LauncherFrames.carry(7, job, CarriedSizes(900_000, 0), 5),
        )
        val elf = byteArrayOf(0, 0x7f, 0x45, 0x4c, 0x46)
        assertArrayEquals(
            Golden.launcherPayload("piece"),
            LauncherFrames.piece(7, CarriedPiece(2, 32_000, elf, 1)),
        )
        assertArrayEquals(Golden.launcherPayload("taken"), LauncherFrames.taken(7, 16_000))
    }

    private fun checkStart(name: String) {
        val start = Golden.launcherMeaning(name)
        val job = Job(
            "any",
            ServiceRuntime.values().first { it.code == start.getInt("runtime", 0) },
            start.getString("program", ""),
            start.getString("input", ""),
            start.getString("output", ""),
            start.getLong("memoryBytes", 0),
            start.getLong("wallMs", 0),
            start.getLong("cpuMs", 0),
            start.getLong("maxOutputBytes", 0),
        )
        val frame = LauncherFrames.start(
            start.getLong("job", 0),
            job,
            start.getLong("spare", -1),
            start.getString("acceptedNs", "").toLong(),
        )
        assertArrayEquals(Golden.launcherPayload(name), frame)
    }

    @ParameterizedTest
    @ValueSource(strings = ["hello", "hello-unavailable", "ready", "progress", "output", "exit-denied", "exit-failed"])
    fun `what the launcher says means what the sample says`(name: String) {
        val meaning = Golden.launcherMeaning(name)
        when (val message = LauncherFrames.decode(Golden.launcherPayload(name))) {
            is LauncherMessage.Hello -> {
                assertEquals(meaning.getBoolean("available", false), message.available)
                assertEquals(meaning.getInt("protocol", 0), message.protocol)
                assertEquals(meaning.getString("arch", ""), message.arch)
                assertEquals(meaning.getString("kernel", ""), message.kernel)
                assertEquals(meaning.getString("message", ""), message.message)
                assertEquals(meaning.get("layers").asArray().map { it.asString() }, message.layers)
                assertEquals(meaning.get("runtimes").asArray().map { it.asString() }, message.runtimes)
                assertEquals(
                    meaning.get("lacks").asObject().associate {
                        it.name to it.value.asString()
                    },
                    message.lacks,
                )
            }
            is LauncherMessage.Output -> {
                assertEquals(meaning.getLong("job", 0), message.job)
                assertEquals(meaning.getLong("offset", 0), message.offset)
                val bytes = message.frame.drop(message.from).joinToString("") { "%02x".format(it) }
                assertEquals(meaning.getString("bytes", ""), bytes)
            }
            is LauncherMessage.Ready -> assertEquals(meaning.getLong("job", 0), message.job)
            is LauncherMessage.Progress -> {
                assertEquals(meaning.getLong("job", 0), message.job)
                assertSameFields(meaning.get("progress").asObject(), AgentMessages.progress("x", message))
            }
            is LauncherMessage.Exit -> {
                assertEquals(meaning.getLong("job", 0), message.job)
                // The agent gets the report in the same words; an empty list of hits is left out there.
                val report = meaning.get("report").asObject()
                if (report.get("errnoHits").asObject().isEmpty) report.remove("errnoHits")
                val said = json(AgentMessages.exit("x", message.report)).get("report").asObject()
                assertEquals(sorted(report), sorted(said))
            }
        }
    }

    @Test
    fun `anything cut short or longer is refused`() {
        for (name in listOf("hello", "progress", "exit-denied")) {
            val payload = Golden.launcherPayload(name)
            for (cut in 1 until payload.size) {
                assertThrows(ProtocolException::class.java) { LauncherFrames.decode(payload.copyOf(cut)) }
            }
            assertThrows(ProtocolException::class.java) { LauncherFrames.decode(payload + 0) }
        }
    }

    @Test
    fun `unknown kinds, reasons, flags and broken text are refused`() {
        val exit = Golden.launcherPayload("exit-denied")
        val wrong = listOf(
            byteArrayOf(0x77),
            exit.copyOf().also { it[5] = 11 }, // reason
            exit.copyOf().also { it[6] = 2 }, // flag
            exit.copyOf().also { it[24] = -1 }, // a negative count
            exit.copyOf().also { it[50] = -1 }, // the call's name is not UTF-8
        )
        for (payload in wrong) assertThrows(ProtocolException::class.java) { LauncherFrames.decode(payload) }
    }

    private fun assertSameFields(expected: JsonObject, frame: ByteArray) {
        val actual = json(frame)
        for (member in expected) assertEquals(member.value, actual.get(member.name), member.name)
    }
}
