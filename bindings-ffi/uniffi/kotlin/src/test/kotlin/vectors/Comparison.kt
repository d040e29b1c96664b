package vectors

import corpora.Corpus
import corpora.Difference
import corpora.allIn
import corpora.only
import corpora.same
import corpora.sameIfGiven
import io.github.trustedprofile.AccessToken
import io.github.trustedprofile.Action
import io.github.trustedprofile.Exchange
import io.github.trustedprofile.Failure
import io.github.trustedprofile.SlotStatus
import io.github.trustedprofile.Status
import io.github.trustedprofile.TokenEvent
import io.github.trustedprofile.TrustedProfileException
import java.net.URLDecoder
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.put

/** What the machine returned, beside what a script expects. Throws the first difference. */
fun compare(expected: Expected, found: Action?) {
    val wanted: Any = with(expected) { only(ready, send, needInput, wait, failed, none?.takeIf { it }) }
    when {
        found == null && wanted == true -> Unit
        found is Action.Ready && wanted is Ready -> compare(wanted, found.token)
        found is Action.Send && wanted is Send -> compare(wanted, found.exchange)
        found is Action.NeedFiles && wanted is NeedInput -> {
            same("external", wanted.external, null)
            same("paths", wanted.paths, found.paths)
            sameIfGiven("max_bytes", wanted.maxBytes, found.maxBytes)
        }
        found is Action.NeedToken && wanted is NeedInput -> {
            same("paths", wanted.paths, null)
            same("timeout", wanted.external?.timeout, wholeMillis(found.timeout))
        }
        found is Action.Wait && wanted is Wait -> same("at_most", wanted.atMost, wholeMillis(found.atMost))
        found is Action.Failed && wanted is ExpectedFailure -> compare(wanted, found.error)
        else -> throw Difference("another outcome was expected than $found")
    }
}

private fun compare(expected: Ready, found: AccessToken) {
    same("token", expected.token, found.value())
    same("authorization", "Bearer ${expected.token}", found.authorization())
    sameIfGiven("generation", expected.generation, found.generation())
    sameIfGiven("usable_until", expected.usableUntil, instant(found.usableUntil().monotonic))
    sameIfGiven("usable_until_unix", expected.usableUntilUnix, instant(found.usableUntil().unix))
    sameIfGiven("refresh_at", expected.refreshAt, instant(found.refreshAt().monotonic))
    sameIfGiven("refresh_at_unix", expected.refreshAtUnix, instant(found.refreshAt().unix))
}

private fun compare(expected: Send, found: Exchange) {
    sameIfGiven("connect_timeout", expected.connectTimeout, wholeMillis(found.connectTimeout))
    sameIfGiven("timeout", expected.timeout, wholeMillis(found.timeout))
    sameIfGiven("max_response_bytes", expected.maxResponseBytes, found.maxResponseBytes)
    sameIfGiven("network", expected.network, found.network.name.lowercase())
    val request = expected.request
    sameIfGiven("method", request.method, found.method)
    sameIfGiven("url", request.url, found.url)
    val values = { name: String -> found.headers.filter { it.name == name }.map { it.value } }
    for ((name, value) in request.headers) same("header $name", listOf(value), values(name))
    for (name in request.absentHeaders) same("header $name", emptyList<String>(), values(name))
    val text = found.body.decodeToString(throwOnInvalidSequence = true)
    sameIfGiven("body", request.body, text)
    sameIfGiven("form", request.form, request.form?.let { pairs(text) })
    if (request.json != null) same("json", request.json, json(text))
}

private fun pairs(form: String): List<List<String>> =
    if (form.isEmpty()) emptyList() else form.split("&").map { pair -> pair.split("=", limit = 2).map { URLDecoder.decode(it, Charsets.UTF_8) } }

private fun json(text: String): JsonElement =
    try {
        Corpus.json.parseToJsonElement(text)
    } catch (_: SerializationException) {
        throw Difference("json: the body is none: $text")
    }

/** An error beside what is expected of it. */
fun compare(expected: ExpectedFailure, error: TrustedProfileException) {
    val found = error.failure()
    try {
        compare(expected, found)
        same("class", expected.code.replace("_", ""), error.javaClass.simpleName.lowercase())
        same("message of the exception", "failure=$found", error.message)
        same("text", found.text, "$found")
    } catch (difference: Difference) {
        throw Difference("${difference.message}\n  in: ${found.text}")
    }
}

private fun compare(expected: ExpectedFailure, found: Failure) {
    same("code", expected.code, found.code)
    sameIfGiven("status", expected.status, found.status ?: 0)
    sameIfGiven("service_code", expected.serviceCode, found.service?.code.orEmpty())
    sameIfGiven("service_message", expected.serviceMessage, found.service?.message.orEmpty())
    sameIfGiven("trace", expected.trace, found.service?.trace.orEmpty())
    sameIfGiven("attempts", expected.attempts, found.attempts)
    sameIfGiven("elapsed", expected.elapsed, wholeMillis(found.elapsed))
    sameIfGiven("transient", expected.transient, found.transient)
    sameIfGiven("retry_after", expected.retryAfter, found.retryAfter?.let(::wholeMillis) ?: 0L)
    val causes = found.causes.map { "${it.cause}: ${it.fix}" }
    allIn("message", expected.messageContains, listOf(found.message))
    allIn("first cause", listOfNotNull(expected.causesFirstContains), causes.take(1))
    allIn("causes", expected.causesContain, causes)
    allIn("notes", expected.notesContain, found.notes)
    allIn("error", expected.contains, listOf(found.text))
    for (text in expected.notContains) if (text in found.text) throw Difference("'$text' must not be in the error")
}

/** The machine's status beside what is expected of it. */
fun compare(expected: ExpectedStatus, found: Status) {
    sameIfGiven("source", expected.source, found.source)
    sameIfGiven("protocol", expected.protocol, found.protocol ?: "none")
    sameIfGiven("clock_skew_seconds", expected.clockSkewSeconds, found.clockSkewSeconds)
    for ((name, slot) in expected.slots) {
        val known = found.slots.firstOrNull { it.slot.name.lowercase() == name } ?: throw Difference("the status has no slot $name")
        compare("status of $name: ", slot, known)
    }
}

private fun compare(where: String, expected: ExpectedSlot, found: SlotStatus) {
    sameIfGiven("${where}generation", expected.generation, found.generation)
    sameIfGiven("${where}has_token", expected.hasToken, found.usableUntil != null)
    sameIfGiven("${where}usable_until", expected.usableUntil, found.usableUntil?.let { instant(it.monotonic) })
    sameIfGiven("${where}refresh_at", expected.refreshAt, found.refreshAt?.let { instant(it.monotonic) })
    sameIfGiven("${where}fetching", expected.fetching, found.fetching)
    sameIfGiven("${where}failed_refreshes", expected.failedRefreshes, found.failedRefreshes)
    sameIfGiven("${where}last_failure", expected.lastFailure, found.lastFailure?.failure?.code ?: "none")
}

/** An event as scripts write it. */
fun spelled(event: TokenEvent): JsonObject {
    val (name, facts) =
        when (event) {
            is TokenEvent.Fetched -> "fetched" to facts("slot" to event.slot.name.lowercase(), "life" to wholeMillis(event.life))
            is TokenEvent.Refreshed ->
                "refreshed" to
                    facts(
                        "slot" to event.slot.name.lowercase(),
                        "life" to wholeMillis(event.life),
                        "replaced_age" to wholeMillis(event.replacedAge),
                    )
            is TokenEvent.RefreshFailed ->
                "refresh_failed" to
                    facts("slot" to event.slot.name.lowercase(), "code" to event.failure.code, "token_age" to wholeMillis(event.tokenAge))
            is TokenEvent.NotReady ->
                "not_ready" to
                    facts("slot" to event.slot.name.lowercase(), "code" to event.failure.code, "remaining" to wholeMillis(event.remaining))
            is TokenEvent.Failed -> "failed" to facts("slot" to event.slot.name.lowercase(), "code" to event.failure.code)
            is TokenEvent.Invalidated -> "invalidated" to facts("slot" to event.slot.name.lowercase(), "generation" to event.generation)
            is TokenEvent.ClockSkew -> "clock_skew" to facts("seconds" to event.seconds)
            TokenEvent.Other -> "other" to facts()
        }
    return buildJsonObject { put(name, facts) }
}

private fun facts(vararg facts: Pair<String, Any>): JsonObject =
    JsonObject(facts.associate { (name, fact) -> name to if (fact is Long) JsonPrimitive(fact) else JsonPrimitive("$fact") })
