package scenarios

import corpora.Corpus
import corpora.Difference
import corpora.allIn
import corpora.only
import corpora.same
import corpora.sameIfGiven
import io.github.trustedprofile.AccessToken
import io.github.trustedprofile.EventListener
import io.github.trustedprofile.ProviderOptions
import io.github.trustedprofile.TokenEvent
import io.github.trustedprofile.TokenProvider
import io.github.trustedprofile.TrustedProfileException
import io.github.trustedprofile.policyFromJson
import io.github.trustedprofile.sourceFromJson
import java.nio.file.Files
import java.util.Collections
import kotlin.time.Duration.Companion.seconds
import kotlin.time.TimeSource
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.decodeFromJsonElement
import kotlinx.serialization.json.jsonPrimitive

/** Runs all steps of a scenario in one of the ways. Throws the first that does not hold. */
fun run(scenario: Scenario, way: Way) {
    Stage(scenario, way).use { stage ->
        scenario.steps.forEachIndexed { index, step ->
            try {
                stage.step(step)
            } catch (difference: Difference) {
                throw Difference("${scenario.name} (step ${index + 1}, $way): ${difference.message}")
            }
        }
    }
}

private class Stage(private val scenario: Scenario, private val way: Way) : AutoCloseable {
    private val simulator = Simulator()
    private val folder = Files.createTempDirectory("trusted-profile-scenario-")
    private val tokens = HashMap<String, AccessToken>()
    private val happened = Collections.synchronizedList(ArrayList<String>())
    private val values =
        with(simulator) {
            mutableMapOf(
                "metadata_url" to metadataUrl,
                "iam_url" to iamUrl,
                "object_store_url" to objectStoreUrl,
                "account_id" to text("account_id"),
                "instance_id" to seeded("instance", "id"),
                "instance_crn" to seeded("instance", "crn"),
                "instance_profile_id" to seeded("instance_profile", "id"),
                "instance_profile_iam_id" to seeded("instance_profile", "iam_id"),
                "pod_profile_id" to seeded("pod_profile", "id"),
                "pod_profile_crn" to seeded("pod_profile", "crn"),
                "cluster_id" to seeded("cluster", "id"),
                "bucket" to seeded("bucket"),
                "api_key" to seeded("api_key", "value"),
            )
        }

    /** Opened when first needed, so that placeholders of earlier steps are filled. */
    private val provider = lazy {
        val listener =
            object : EventListener {
                override fun onEvent(event: TokenEvent) {
                    happened += name(event)
                }
            }
        val options = ProviderOptions(policy = policyFromJson(fill(scenario.policy).toString()))
        TokenProvider.fromSource(sourceFromJson(fill(scenario.source).toString()), options, listener = listener)
    }
    private val opened: TokenProvider by provider

    fun step(step: Step) {
        with(step) { only(control, crTokenFile, call, invalidate, waitMs, waitForJournal, waitForFailedRefreshes, journal, events, use) }
        step.control?.let { simulator.control(it.method, fill(it.path), it.body?.let(::fill)) }
        step.crTokenFile?.let(::project)
        step.call?.let(::call)
        step.invalidate?.let { opened.invalidate(token(it)) }
        step.waitMs?.let(Thread::sleep)
        step.waitForJournal?.let { counted -> waitFor(counted.count.toLong()) { count(counted).toLong() } }
        step.waitForFailedRefreshes?.let { count -> waitFor(count) { opened.describe().status.slots.last().failedRefreshes } }
        step.journal?.forEach { same("requests ${it.method} ${it.path} at ${it.service}", it.count, count(it)) }
        step.events?.let(::events)
        step.use?.let { same("the status of the object store", it.status, simulator.use(token(it.token).value())) }
    }

    private fun count(counted: Counted): Int = simulator.count(counted.service, counted.method, counted.path)

    private fun project(token: JsonObject) {
        val file = simulator.tokenFile(folder, fill(token) as JsonObject)
        values["cr_token_file"] = file.getValue("path").jsonPrimitive.content
        values["cr_token_file_id"] = file.getValue("id").jsonPrimitive.content
    }

    private fun call(call: Call) {
        val before = simulator.requests()
        val answers = way.ask(opened, call) { simulator.requests() > before }
        same("callers that gave up", call.cancelled, answers.count { it is Answer.GaveUp })
        answers.filter { it !is Answer.GaveUp }.forEach { answer(call.expect, it) }
        val got = answers.filterIsInstance<Answer.Got>().map { it.token }
        same("different tokens", minOf(got.size, 1), got.distinctBy { it.value() }.size)
        got.firstOrNull()?.let { tokens[call.name.orEmpty()] = it }
    }

    private fun answer(expected: JsonElement, found: Answer) {
        if (expected == JsonPrimitive("new_token") && found is Answer.Got) {
            same("the new token was known as", emptySet<String>(), tokens.filterValues { it.value() == found.token.value() }.keys)
            return
        }
        val outcome = if (expected is JsonObject) Corpus.json.decodeFromJsonElement<Outcome>(expected) else Outcome()
        when {
            outcome.error != null && found is Answer.Refused -> compare(outcome.error, found.error)
            outcome.tokenOf != null && found is Answer.Got -> same("the token is that of before", token(outcome.tokenOf).value(), found.token.value())
            else -> throw Difference("expected $expected, found $found")
        }
    }

    private fun compare(expected: ExpectedError, error: TrustedProfileException) {
        val found = error.failure()
        try {
            same("the code", expected.code, found.code)
            sameIfGiven("the status", expected.status, found.status)
            sameIfGiven("the service's code", expected.serviceCode, found.service?.code)
            sameIfGiven("the attempts", expected.attempts, found.attempts)
            allIn("what is shown", expected.shows, listOf(found.text))
        } catch (difference: Difference) {
            throw Difference("${difference.message}; the error was: ${found.text}")
        }
    }

    private fun events(names: List<String>) {
        // They are told beside the callers, so the last one may come a moment after its cause shows.
        waitFor(names.size.toLong()) { happened.size.toLong() }
        same("events", names, synchronized(happened) { happened.toList().also { happened.clear() } })
    }

    private fun token(name: String): AccessToken = tokens[name] ?: throw Difference("no step gave a token the name $name")

    private fun waitFor(wanted: Long, found: () -> Long) {
        val end = TimeSource.Monotonic.markNow() + PATIENCE
        while (true) {
            val now = found()
            if (now >= wanted) return
            if (end.hasPassedNow()) throw Difference("waited for $wanted, found $now")
            Thread.sleep(2)
        }
    }

    /** With every `{placeholder}` filled in. */
    private fun fill(value: JsonElement): JsonElement =
        when (value) {
            is JsonObject -> JsonObject(value.mapValues { fill(it.value) })
            is JsonArray -> JsonArray(value.map(::fill))
            is JsonPrimitive -> if (value.isString) JsonPrimitive(fill(value.content)) else value
        }

    private fun fill(text: String): String = values.entries.fold(text) { filled, (name, value) -> filled.replace("{$name}", value) }

    override fun close() {
        if (provider.isInitialized()) {
            opened.shutdown()
            opened.close()
        }
        simulator.close()
        folder.toFile().deleteRecursively()
    }

    private companion object {
        /** How long a step may wait for something to show up. */
        val PATIENCE = 60.seconds
    }
}

private fun name(event: TokenEvent): String =
    when (event) {
        is TokenEvent.Fetched -> "fetched"
        is TokenEvent.Refreshed -> "refreshed"
        is TokenEvent.RefreshFailed -> "refresh_failed"
        is TokenEvent.NotReady -> "not_ready"
        is TokenEvent.Failed -> "failed"
        is TokenEvent.Invalidated -> "invalidated"
        is TokenEvent.ClockSkew -> "clock_skew"
        TokenEvent.Other -> "other"
    }
