package vectors

import corpora.Corpus
import corpora.Difference
import corpora.Leaks
import corpora.same
import io.github.trustedprofile.Action
import io.github.trustedprofile.AllowedOrigins
import io.github.trustedprofile.Exchange
import io.github.trustedprofile.ExternalToken
import io.github.trustedprofile.SourceOptions
import io.github.trustedprofile.Ticket
import io.github.trustedprofile.TokenManager
import io.github.trustedprofile.TrustedProfileException
import io.github.trustedprofile.policyFromJson
import io.github.trustedprofile.sourceFromJson
import java.net.URI
import java.time.Duration
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive

/** One file of `operations/`: what is pure. Of that, the package offers options, addresses, dates, claims and origins. */
@Serializable
class Operations(
    @SerialName("\$schema") val schema: String,
    val name: String,
    val about: String,
    val origin: String,
    val rules: List<String>,
    val secrets: List<String> = emptyList(),
    val build: List<JsonObject> = emptyList(),
    val parse: List<JsonObject> = emptyList(),
    val read: List<ReadCase> = emptyList(),
    val encode: List<JsonObject> = emptyList(),
    val redact: List<JsonObject> = emptyList(),
    val random: List<JsonObject> = emptyList(),
)

/** A text that one of the small languages reads, or refuses. */
@Serializable
class ReadCase(
    val language: String,
    val given: JsonElement,
    val why: String? = null,
    val shown: JsonElement? = null,
    val error: ExpectedFailure? = null,
)

/** Plays every case that can be played, and returns the names of the lists that cannot. */
fun play(operations: Operations): List<String> {
    val leaks = Leaks(operations.secrets)
    val inside = with(operations) { mapOf("build" to build, "parse" to parse, "encode" to encode, "redact" to redact, "random" to random) }
    val leftOut = inside.filterValues { it.isNotEmpty() }.keys.toMutableSet()
    operations.read.forEachIndexed { index, case ->
        val language = LANGUAGES[case.language]
        try {
            when {
                language != null -> play(case, language, leaks)
                case.language in INSIDE -> leftOut += "read ${case.language}"
                else -> throw Difference("nobody knows the language ${case.language}")
            }
        } catch (difference: Difference) {
            throw Difference("read (case ${index + 1} of the list): ${case.given}: ${difference.message}")
        }
    }
    if (operations.read.isEmpty() && leftOut.isEmpty()) throw Difference("there is no case")
    return leftOut.sorted()
}

/** Read inside of the machine, and offered to nobody. */
private val INSIDE = setOf("path_segment", "configuration")

private val LANGUAGES: Map<String, (JsonElement) -> JsonElement> =
    mapOf(
        "source" to { given -> JsonPrimitive(machine(given).use { it.status().source }) },
        "policy" to ::policy,
        "base_url" to ::baseUrl,
        "iam_endpoint" to ::iamEndpoint,
        "api_date" to ::apiDate,
        "claims" to ::claims,
        "allowed_origins" to ::allowedOrigins,
    )

private fun play(case: ReadCase, language: (JsonElement) -> JsonElement, leaks: Leaks) {
    val found =
        try {
            language(case.given)
        } catch (error: TrustedProfileException) {
            leaks.check("the error", error)
            compare(case.error ?: throw Difference("no error was expected: ${error.failure()}"), error)
            return
        }
    if (case.error != null) throw Difference("should have been refused, found $found")
    same("shown", case.shown, found)
}

private fun machine(source: JsonElement) = TokenManager(sourceFromJson(source.toString()))

private fun policy(given: JsonElement): JsonElement {
    TokenManager(SourceOptions("external"), policyFromJson(given.toString())).close()
    return JsonPrimitive("accepted")
}

private fun baseUrl(given: JsonElement): JsonElement {
    val url = URI(firstRequest(SourceOptions("vpc_instance", endpoint = given.text())).url)
    return JsonPrimitive("${url.scheme}://${url.rawAuthority}${url.rawPath}".removeSuffix("/identity/v1/token"))
}

private fun iamEndpoint(given: JsonElement): JsonElement =
    JsonPrimitive(firstRequest(SourceOptions("api_key", apiKey = "an-api-key", endpoint = given.text())).url.removeSuffix("/identity/token"))

private fun apiDate(given: JsonElement): JsonElement {
    val url = URI(firstRequest(SourceOptions("vpc_instance", version = given.text())).url)
    return JsonPrimitive(url.rawQuery.split("&").single { it.startsWith("version=") }.removePrefix("version="))
}

private fun firstRequest(source: SourceOptions): Exchange =
    TokenManager(source).use { machine ->
        val action = machine.poll(Ticket())
        (action as? Action.Send ?: throw Difference("a request was expected, not $action")).exchange
    }

private fun allowedOrigins(given: JsonElement): JsonElement {
    val origins = given.jsonObject.getValue("origins").jsonArray.map { it.text() }
    return JsonPrimitive(AllowedOrigins(origins).use { it.allows(given.jsonObject.getValue("url").text()) })
}

private fun claims(given: JsonElement): JsonElement {
    val text = claimsOfToken(given.text()) ?: return JsonPrimitive("no claims")
    val claims = Corpus.json.parseToJsonElement(text).jsonObject
    val audience = claims["aud"]
    val subject = claims["sub"]?.text()?.split(":").orEmpty()
    val shown =
        mapOf(
            "iam_id" to claims["iam_id"],
            "account_id" to claims["account"]?.jsonObject?.get("bss"),
            "expires_at" to claims["exp"],
            "audiences" to if (audience is JsonPrimitive) JsonArray(listOf(audience)) else audience ?: JsonArray(emptyList()),
            "service_account" to JsonPrimitive(subject.drop(2).joinToString("/")).takeIf { subject.take(2) == listOf("system", "serviceaccount") },
        )
    return JsonObject(shown.mapNotNull { (name, claim) -> claim?.takeUnless { it is JsonNull }?.let { name to it } }.toMap())
}

/** Of a token that a callback brought. */
private fun claimsOfToken(given: String): String? =
    TokenManager(SourceOptions("external")).use { machine ->
        val ticket = Ticket()
        val wanted = machine.poll(ticket) as Action.NeedToken
        machine.provideToken(wanted.id, ExternalToken(given, Duration.ofHours(1)))
        val action = machine.poll(ticket)
        if (action is Action.Ready) return action.token.unverifiedClaims()
        // No text is no token, and a token is the only thing that is asked for claims.
        same("the text of what is no token", "", given)
        null
    }

private fun JsonElement.text(): String = jsonPrimitive.also { check(it.isString) }.content
