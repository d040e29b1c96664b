package scenarios

import corpora.Corpus
import corpora.environment
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.nio.file.Files
import java.nio.file.Path
import java.time.Duration
import java.util.concurrent.TimeUnit
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive

/** A simulator of one's own: the process with the seeded account, its control API and its journal. */
class Simulator : AutoCloseable {
    private val process =
        ProcessBuilder(environment("TRUSTED_PROFILE_SIMULATOR"), "--account", "seed", "--json", "--keys", "$KEYS")
            .redirectInput(ProcessBuilder.Redirect.from(java.io.File("/dev/null")))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start()
    private val overview = Corpus.json.parseToJsonElement(process.inputReader().readLine()).jsonObject
    val seed: JsonObject = overview.getValue("seed").jsonObject

    val metadataUrl = text("metadata_url")
    val iamUrl = text("iam_url")
    val objectStoreUrl = text("object_store_url")

    fun text(name: String): String = overview.getValue(name).jsonPrimitive.content

    fun seeded(vararg path: String): String =
        path.fold(seed as JsonElement) { found, name -> found.jsonObject.getValue(name) }.jsonPrimitive.content

    /** One call of the control API; what it answers. */
    fun control(method: String, path: String, body: JsonElement? = null): JsonElement {
        val sent = body?.let { HttpRequest.BodyPublishers.ofString(it.toString()) } ?: HttpRequest.BodyPublishers.noBody()
        val answer =
            request("${text("control_url")}/control/v1/$path") {
                method(method, sent)
                header("authorization", "Bearer ${text("control_token")}")
                header("content-type", "application/json")
            }
        check(answer.statusCode() in 200..299) { "$method $path: ${answer.statusCode()} ${answer.body()}" }
        return if (answer.body().isEmpty()) JsonNull else Corpus.json.parseToJsonElement(answer.body())
    }

    /** Injects a fault, such as `{"kind": "latency", "ms": 200}`. */
    fun fault(service: String, vararg fault: Pair<String, JsonPrimitive>) {
        control("POST", "faults", JsonObject(mapOf("service" to JsonPrimitive(service), "fault" to JsonObject(fault.toMap()))))
    }

    /** Takes all faults away. */
    fun heal() {
        control("DELETE", "faults")
    }

    /** How many such requests arrived; null stands for any. */
    fun count(service: String, method: String? = null, path: String? = null): Int {
        val query = listOfNotNull("service=$service", method?.let { "method=$it" }, path?.let { "path=$it" }).joinToString("&")
        return control("GET", "journal/count?$query").jsonObject.getValue("count").jsonPrimitive.int
    }

    /** How many requests for tokens arrived. */
    fun requests(): Int = count("metadata") + count("iam")

    /** How many IAM tokens were asked for on an instance. */
    fun exchanges(): Int = count("metadata", "POST", "/identity/v1/iam_tokens")

    /** A compute resource token of the seeded cluster, projected into [folder]. */
    fun tokenFile(folder: Path, token: JsonObject = JsonObject(emptyMap())): JsonObject {
        val whole = JsonObject(mapOf("cluster_id" to JsonPrimitive(seeded("cluster", "id"))) + token)
        val body = mapOf("directory" to JsonPrimitive("$folder"), "file_name" to JsonPrimitive("sa-token"), "token" to whole)
        return control("POST", "cr_token_files", JsonObject(body)).jsonObject
    }

    /** The object store's status for a token. */
    fun use(token: String): Int =
        request("$objectStoreUrl/${seeded("bucket")}/greeting.txt") { header("authorization", "Bearer $token") }.statusCode()

    private fun request(url: String, build: HttpRequest.Builder.() -> Unit): HttpResponse<String> {
        val request = HttpRequest.newBuilder(URI(url)).timeout(Duration.ofSeconds(30)).apply(build).build()
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString())
    }

    override fun close() {
        process.destroy()
        check(process.waitFor(30, TimeUnit.SECONDS)) { "the simulator does not end" }
    }

    private companion object {
        val HTTP: HttpClient = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()

        /** Made once for a whole run: that takes longer than everything else. */
        val KEYS: Path =
            Files.createTempDirectory("trusted-profile-keys-").also { Runtime.getRuntime().addShutdownHook(Thread { it.toFile().deleteRecursively() }) }
    }
}
