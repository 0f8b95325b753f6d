// Paths that the tests share: golden samples of the project, and the real launcher and service, built by their Makefiles.
package org.abhaya.supervisor

import com.eclipsesource.json.Json
import com.eclipsesource.json.JsonArray
import com.eclipsesource.json.JsonObject
import java.io.File

internal object Golden {
    private val root = File(System.getProperty("abhaya.root")).canonicalFile

    fun supervisor(name: String): JsonArray = Json.parse(read("schemas/golden/supervisor/$name")).asArray()

    /** Pieces, which are no JSON: of one kind, as bytes. */
    fun pieces(kind: String): List<ByteArray> = supervisor("pieces.json").map { it.asObject() }
        .filter { it.getString("kind", "") == kind }.map { unhex(it.getString("hex", "")) }

    fun unhex(text: String): ByteArray = text.chunked(2).map { it.toInt(16).toByte() }.toByteArray()

    fun launcherMeaning(name: String): JsonObject = Json.parse(read("schemas/golden/launcher/$name.json")).asObject()

    /** The payload, without its length, which is checked here. */
    fun launcherPayload(name: String): ByteArray {
        val bytes = read("schemas/golden/launcher/$name.hex").trim().split(Regex("\\s+"))
            .map { it.toInt(16).toByte() }
            .toByteArray()
        return FrameReader(bytes.inputStream(), LAUNCHER_FRAME_MAX).read()!!
    }

    /** Builds a C part if it is not fresh; the path of its result. */
    fun build(folder: String, program: String): String {
        val out = File(root, "$folder/build/native")
        val make = ProcessBuilder("make", "-s", "-C", "$root/$folder", "OUT=build/native").inheritIO().start()
        check(make.waitFor() == 0) { "make in $folder failed" }
        return File(out, program).path
    }

    fun read(path: String) = File(root, path).readText()

    /** Names of the files of a folder of the project. */
    fun names(folder: String): Set<String> = File(root, folder).list()!!.toSet()
}
