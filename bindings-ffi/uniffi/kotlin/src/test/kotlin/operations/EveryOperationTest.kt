package operations

import corpora.Corpus
import corpora.environment
import io.github.trustedprofile.Client
import io.github.trustedprofile.ClientOptions
import io.github.trustedprofile.MetadataOptions
import io.github.trustedprofile.Request
import io.github.trustedprofile.TokenProvider
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

private const val BASE = "https://oracle.example"

/** Every operation is built as Rust builds it: each set of arguments that `every-request` prints, compared as canonical JSON. */
class EveryOperationTest {
    private val key = TokenProvider.bearer("a-token-0123456789")
    private val instance = TokenProvider.vpcInstance(MetadataOptions(endpoint = BASE))
    private val clients =
        listOf("vpc", "iam", "containers").associateWith { Client(it, key, ClientOptions(endpoint = BASE)) } +
            ("metadata" to Client("metadata", instance))

    @Test
    fun everyRequestIsTheSame() {
        val process = ProcessBuilder(environment("TRUSTED_PROFILE_EVERY_REQUEST")).redirectError(ProcessBuilder.Redirect.INHERIT).start()
        val built = HashSet<String>()
        var sets = 0
        process.inputReader().forEachLine { line ->
            val set = Corpus.json.parseToJsonElement(line).jsonObject
            val service = set.text("service")
            val id = "$service.${set.text("operation")}"
            val client = clients.getValue(if (service.startsWith("iam_")) "iam" else service)
            val request = client.request(id, set.getValue("arguments").toString())
            assertEquals(set["request"], canonical(request)) { "$id, ${set.text("set")}" }
            built += id
            sets++
        }
        assertEquals(0, process.waitFor())
        assertEquals(706, built.size)
        assertTrue(sets >= 2000) { "the program printed $sets sets of arguments" }
        println("operations: ${built.size} built, ${706 - built.size} skipped")
    }

    @Test
    fun everyOperationIsDescribed() {
        val all = clients.values.map { Corpus.json.parseToJsonElement(it.operations()).jsonArray }
        assertEquals(706, all.sumOf { it.size })
        for (client in all) assertEquals(client.size, client.map { it.jsonObject.text("method_name") }.toSet().size)
    }
}

private fun JsonObject.text(name: String): String = getValue(name).jsonPrimitive.content

private fun canonical(request: Request): JsonElement {
    val headers = JsonObject(request.headers.associate { it.name to JsonPrimitive(it.value) })
    val texts = mapOf("method" to request.method, "url" to request.url, "body" to request.body.decodeToString())
    return JsonObject(texts.mapValues { JsonPrimitive(it.value) } + ("headers" to headers))
}
