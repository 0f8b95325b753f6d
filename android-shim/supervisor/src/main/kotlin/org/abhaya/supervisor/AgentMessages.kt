// The agent's JSON frames (schemas/sandbox-protocol.ts): checked as strictly as the TypeScript side checks ours.
package org.abhaya.supervisor

import com.eclipsesource.json.Json
import com.eclipsesource.json.JsonObject
import com.eclipsesource.json.JsonValue
import com.eclipsesource.json.ParseException
import java.nio.ByteBuffer
import java.nio.charset.CharacterCodingException

internal const val AGENT_PROTOCOL = 4
internal const val AGENT_FRAME_MAX = 65_536
internal const val CHILDREN_MAX = 28
internal const val SPARES_MAX = 4

/** Ceilings of the device profile. */
internal data class Limits(
    val maxMemoryBytes: Long,
    val maxWallMs: Long,
    val maxCpuMs: Long,
    val maxOutputBytes: Long,
    val maxChildren: Int,
    /** Of programs and inputs that come as pieces and are kept in memory, of all jobs; 0: none are. */
    val maxCarriedBytes: Long = 0,
)

/**
 * Where a runtime is (native services need none), and how many processes of it wait for a service, which with [onDemand]
 * they do after its first one only. [proven]: its canaries have passed on this device, and need not run again.
 */
internal data class RuntimePlace(
    val folder: String?,
    val spares: Int,
    val onDemand: Boolean = false,
    val proven: Boolean = false,
)

/** [code] is the launcher's number for it. */
internal enum class ServiceRuntime(val code: Int, val wire: String) {
    NATIVE(1, "native"),
    NODEJS(2, "nodejs"),
    WASM(3, "wasm"),
    JVM(4, "jvm"),
    PYTHON(5, "python"),
    GO(6, "go"),
    ;

    companion object {
        fun named(wire: String) = values().firstOrNull { it.wire == wire } ?: throw ProtocolException("unknown runtime")
    }
}

internal data class Job(
    val jobId: String,
    val runtime: ServiceRuntime,
    val program: String,
    val inputPath: String,
    val outputPath: String,
    val memoryBytes: Long,
    val wallMs: Long,
    val cpuMs: Long,
    val maxOutputBytes: Long,
    /** Of one that names no path: its files come as pieces. */
    val carried: CarriedSizes? = null,
)

internal sealed class AgentMessage {
    data class Hello(val launcher: String, val limits: Limits, val runtimes: Map<ServiceRuntime, RuntimePlace>) :
        AgentMessage()

    data class Run(val job: Job) : AgentMessage()

    class Piece(val jobId: String, val piece: CarriedPiece) : AgentMessage()

    /** So many bytes of its output have been taken. */
    data class Taken(val jobId: String, val bytes: Long) : AgentMessage()

    data class Cancel(val jobId: String) : AgentMessage()
}

internal object AgentMessages {
    /** Throws [ProtocolException] for anything that the schema refuses. */
    fun decode(payload: ByteArray): AgentMessage {
        if (payload.firstOrNull() == Pieces.TO_SUPERVISOR) return Pieces.decode(payload)
        val value = try {
            Json.parse(utf8(ByteBuffer.wrap(payload)))
        } catch (_: CharacterCodingException) {
            throw ProtocolException("a frame from the agent is not UTF-8")
        } catch (cause: ParseException) {
            throw ProtocolException("a frame from the agent is not JSON: ${cause.message}")
        }
        return when (val kind = Fields(value, "frame").peek("kind")) {
            "hello" -> {
                val optional = setOf("runtimes")
                hello(Fields(value, "hello", "kind", "protocol", "launcher", "limits", optional = optional))
            }
            "run" -> AgentMessage.Run(job(Fields(value, "run", "kind", "job")))
            "carry" -> AgentMessage.Run(carriedJob(Fields(value, "carry", "kind", "job")))
            "taken" -> Fields(value, "taken", "kind", "jobId", "bytes").let {
                AgentMessage.Taken(it.jobId("jobId"), it.number("bytes", 1, CARRIED_WINDOW))
            }
            "cancel" -> AgentMessage.Cancel(Fields(value, "cancel", "kind", "jobId").jobId("jobId"))
            else -> throw ProtocolException("unknown frame '$kind' from the agent")
        }
    }

    private fun hello(fields: Fields): AgentMessage.Hello {
        val protocol = fields.number("protocol", 0, Int.MAX_VALUE.toLong())
        if (protocol != AGENT_PROTOCOL.toLong()) {
            throw ProtocolException("the agent speaks protocol $protocol, the supervisor $AGENT_PROTOCOL")
        }
        val limits = Fields(
            fields["limits"], "limits", "maxMemoryBytes", "maxWallMs", "maxCpuMs", "maxOutputBytes", "maxChildren",
            optional = setOf("maxCarriedBytes"),
        )
        return AgentMessage.Hello(
            fields.path("launcher"),
            Limits(
                limits.number("maxMemoryBytes", 1, MAX_SAFE),
                limits.number("maxWallMs", 1, MAX_U32),
                limits.number("maxCpuMs", 1, MAX_U32),
                limits.number("maxOutputBytes", 1, MAX_SAFE),
                limits.number("maxChildren", 1, CHILDREN_MAX.toLong()).toInt(),
                limits["maxCarriedBytes"]?.let { limits.number("maxCarriedBytes", 1, MAX_SAFE) } ?: 0,
            ),
            fields["runtimes"]?.let { places(Fields(it, "runtimes")) } ?: emptyMap(),
        )
    }

    private fun places(fields: Fields): Map<ServiceRuntime, RuntimePlace> = fields.names.associate { name ->
        val runtime = ServiceRuntime.named(name)
        val native = runtime == ServiceRuntime.NATIVE
        val place = if (native) Fields(fields[name], name, "spares") else runtimePlace(fields[name], name)
        val spares = place.number("spares", 0, SPARES_MAX.toLong()).toInt()
        runtime to RuntimePlace(
            if (native) null else place.path("folder"), spares, place.flag("onDemand"), place.flag("proven"),
        )
    }

    private fun runtimePlace(value: JsonValue?, name: String) =
        Fields(value, name, "folder", "spares", optional = setOf("onDemand", "proven"))

    private fun job(fields: Fields): Job {
        val job = Fields(
            fields["job"], "job", "jobId", "runtime", "program", "inputPath", "outputPath",
            "memoryBytes", "wallMs", "cpuMs", "maxOutputBytes",
        )
        return Job(
            job.jobId("jobId"),
            ServiceRuntime.named(job.text("runtime")),
            job.path("program"),
            job.path("inputPath"),
            job.path("outputPath"),
            job.number("memoryBytes", 1, MAX_SAFE),
            job.number("wallMs", 1, MAX_U32),
            job.number("cpuMs", 1, MAX_U32),
            job.number("maxOutputBytes", 0, MAX_SAFE),
        )
    }

    private fun carriedJob(fields: Fields): Job {
        val job = Fields(
            fields["job"], "job", "jobId", "runtime", "programBytes", "inputBytes",
            "memoryBytes", "wallMs", "cpuMs", "maxOutputBytes",
        )
        return Job(
            jobId = job.jobId("jobId"),
            runtime = ServiceRuntime.named(job.text("runtime")),
            program = "",
            inputPath = "",
            outputPath = "",
            memoryBytes = job.number("memoryBytes", 1, MAX_SAFE),
            wallMs = job.number("wallMs", 1, MAX_U32),
            cpuMs = job.number("cpuMs", 1, MAX_U32),
            maxOutputBytes = job.number("maxOutputBytes", 0, MAX_SAFE),
            carried = CarriedSizes(
                job.number("programBytes", 1, CARRIED_FILE_MAX),
                job.number("inputBytes", 0, CARRIED_FILE_MAX),
            ),
        )
    }

    fun hello(launcher: LauncherMessage.Hello): ByteArray = encode(
        Json.`object`().add("kind", "hello").add("protocol", AGENT_PROTOCOL)
            .add("runtimes", names(launcher.runtimes))
            .add("layers", names(launcher.layers))
            .add("arch", launcher.arch)
            .add("kernel", launcher.kernel)
            .apply { if (!launcher.available) add("unavailable", launcher.message) }
            .apply { if (launcher.lacks.isNotEmpty()) add("lacks", lacks(launcher.lacks)) },
    )

    private fun lacks(lacks: Map<String, String>) = Json.`object`().apply {
        for ((runtime, why) in lacks) add(runtime, why.take(1024))
    }

    fun started(jobId: String): ByteArray = encode(Json.`object`().add("kind", "started").add("jobId", jobId))

    /** The files of a carried job may come now. */
    fun wanted(jobId: String): ByteArray = encode(Json.`object`().add("kind", "wanted").add("jobId", jobId))

    fun progress(jobId: String, progress: LauncherMessage.Progress): ByteArray = encode(
        Json.`object`().add("kind", "progress").add("jobId", jobId)
            .add("cpuMs", progress.cpuMs)
            .add("memoryBytes", progress.memoryBytes)
            .add("bytesIn", progress.bytesIn)
            .add("bytesOut", progress.bytesOut),
    )

    fun exit(jobId: String, report: ExitReport): ByteArray = encode(
        Json.`object`().add("kind", "exit").add("jobId", jobId).add("report", report(report)),
    )

    fun died(message: String): ByteArray =
        encode(Json.`object`().add("kind", "died").add("message", message.take(1024)))

    private fun report(report: ExitReport): JsonObject {
        val json = Json.`object`().add("reason", report.reason.wire)
        if (report.syscall.isNotEmpty()) json.add("syscall", report.syscall)
        if (report.signal.isNotEmpty()) json.add("signal", report.signal)
        report.exitCode?.let { json.add("exitCode", it) }
        json.add("cpuMs", report.cpuMs)
            .add("peakMemoryBytes", report.peakMemoryBytes)
            .add("wallMs", report.wallMs)
            .apply { report.firstByteUs?.let { add("firstByteMs", it / 1000.0) } }
            .apply { report.teardownUs?.let { add("teardownMs", it / 1000.0) } }
            .add("bytesIn", report.bytesIn)
            .add("bytesOut", report.bytesOut)
        if (report.errnoHits.isNotEmpty()) {
            val hits = Json.`object`()
            for ((name, count) in report.errnoHits) hits.add(name, count)
            json.add("errnoHits", hits)
        }
        json.add("layers", names(report.layers))
        if (report.message.isNotEmpty()) json.add("message", report.message.take(1024))
        return json
    }

    private fun names(names: List<String>) = Json.array().apply { for (name in names) add(name) }

    private fun encode(json: JsonObject) = json.toString().toByteArray(Charsets.UTF_8)
}

private const val MAX_SAFE = 9_007_199_254_740_991L
private const val MAX_U32 = 4_294_967_295L
private const val PATH_MAX = 4095
private const val JOB_ID_MAX = 128

internal fun isJobId(id: String): Boolean = id.isNotEmpty() &&
    id.length <= JOB_ID_MAX &&
    id.all { it in 'a'..'z' || it in 'A'..'Z' || it in '0'..'9' || it in "._:-" }

/** An object with exactly these fields (any, where none are named), each there once; [optional] may be missing. */
private class Fields(
    value: JsonValue?,
    private val what: String,
    vararg expected: String,
    optional: Set<String> = emptySet(),
) {
    private val json: JsonObject =
        if (value != null && value.isObject) value.asObject() else throw ProtocolException("$what is not an object")

    init {
        val names = json.names()
        if (names.toSet().size != names.size) throw ProtocolException("$what has a field twice")
        if (expected.isNotEmpty() && names.toSet() - optional != expected.toSet()) {
            throw ProtocolException("$what has the fields $names instead of ${expected.toList()}")
        }
    }

    val names: List<String> get() = json.names()

    operator fun get(name: String): JsonValue? = json.get(name)

    fun peek(name: String): String? = json.get(name)?.takeIf { it.isString }?.asString()

    fun text(name: String): String = peek(name) ?: throw ProtocolException("$what.$name is not a string")

    fun path(name: String): String {
        val path = text(name)
        if (path.length < 2 ||
            path[0] != '/' ||
            path.indexOf('\u0000') >= 0 ||
            path.toByteArray(Charsets.UTF_8).size > PATH_MAX
        ) {
            throw ProtocolException("$what.$name is not an absolute path")
        }
        return path
    }

    fun jobId(name: String): String {
        val id = text(name)
        if (!isJobId(id)) throw ProtocolException("$what.$name is not a job id")
        return id
    }

    /** False where it is missing. */
    fun flag(name: String): Boolean {
        val value = json.get(name) ?: return false
        if (!value.isBoolean) throw ProtocolException("$what.$name is not true or false")
        return value.asBoolean()
    }

    fun number(name: String, min: Long, max: Long): Long {
        val value = json.get(name)?.takeIf { it.isNumber } ?: throw ProtocolException("$what.$name is not a number")
        val number = try {
            value.asLong()
        } catch (_: NumberFormatException) {
            throw ProtocolException("$what.$name is not a whole number")
        }
        if (number < min || number > max) throw ProtocolException("$what.$name is out of range")
        return number
    }
}
