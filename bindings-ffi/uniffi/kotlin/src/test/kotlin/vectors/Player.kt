package vectors

import corpora.Difference
import corpora.Leaks
import corpora.only
import corpora.same
import corpora.sameIfGiven
import io.github.trustedprofile.AccessToken
import io.github.trustedprofile.Action
import io.github.trustedprofile.ExternalToken
import io.github.trustedprofile.FailureKind
import io.github.trustedprofile.Facts
import io.github.trustedprofile.FileProblem
import io.github.trustedprofile.FileRead
import io.github.trustedprofile.Header
import io.github.trustedprofile.Now
import io.github.trustedprofile.Policy
import io.github.trustedprofile.Response
import io.github.trustedprofile.Slot
import io.github.trustedprofile.Ticket
import io.github.trustedprofile.TokenEvent
import io.github.trustedprofile.TokenManager
import io.github.trustedprofile.TrustedProfileException
import io.github.trustedprofile.policyFromJson
import io.github.trustedprofile.sourceFromJson
import java.time.Duration
import java.util.Base64
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

/** Plays all steps of a script against a machine. */
fun play(script: Script) {
    val leaks = Leaks(script.secrets)
    val machine =
        try {
            val source = sourceFromJson(script.source.toString())
            leaks.check("the source", source)
            val policy = script.policy?.let { policyFromJson(it.toString()) } ?: Policy()
            TokenManager(source, policy, script.seed.toLong(), script.facts?.let(::facts) ?: Facts())
        } catch (error: TrustedProfileException) {
            leaks.check("the error", error)
            val expected = script.error ?: throw Difference("construction failed: ${error.failure()}")
            compare(ExpectedFailure(expected.code), error)
            same("message", expected.messageStarts, error.failure().message.take(expected.messageStarts.length))
            return
        }
    if (script.error != null) throw Difference("expected ${script.error.code} at construction, but there is a machine")
    machine.use {
        val player = Player(it, script.unixBase, leaks)
        script.steps.forEachIndexed { index, step ->
            try {
                player.step(step)
            } catch (difference: Difference) {
                throw Difference("step ${index + 1} at ${step.at}: ${difference.message}")
            }
        }
    }
}

private fun facts(known: KnownFacts) = with(known) { Facts(container, kubernetes, codeEngine, proxySet, arch, os) }

private class Player(private val machine: TokenManager, private val unixBase: Long, private val leaks: Leaks) {
    private val tickets = HashMap<String, Ticket>()
    private val ids = HashMap<String, Long>()
    private val generations = HashMap<String, Long>()

    fun step(step: Step) {
        val now = Now(Duration.ofMillis(step.at), Duration.ofMillis(step.unix ?: (unixBase + step.at)))
        val call = with(step) { only<Call>(poll, refresh, respond, transport, files, external, abandon, invalidate, fork, foreign) }
        if (call is Poll || call is Refresh) {
            val expected = step.expect ?: throw Difference("the call returns something, and nothing is expected")
            returned(expected, if (call is Poll) poll(call, now) else machine.pollRefresh(now))
        } else {
            if (step.expect != null) throw Difference("the call returns nothing, and something is expected")
            report(call, now)
        }
        events(step)
        val known = machine.status()
        leaks.check("the status", known)
        leaks.check("the machine", machine)
        step.status?.let { compare(it, known) }
    }

    private fun poll(call: Poll, now: Now): Action {
        val ticket = tickets.getOrPut(call.ticket, ::Ticket)
        // Without a slot it is the last one, which may be named as well.
        val slot = call.slot?.let(::slot)?.takeUnless { it == machine.lastSlot() }
        return machine.poll(ticket, slot, now)
    }

    private fun returned(expected: Expected, found: Action?) {
        leaks.check("the action", found)
        val name = expected.ready?.name ?: expected.send?.name ?: expected.needInput?.name
        when (found) {
            is Action.Ready -> name?.let { generations[it] = token(found.token).generation() }
            is Action.Send -> name?.let { ids[it] = found.exchange.id }
            is Action.NeedFiles -> name?.let { ids[it] = found.id }
            is Action.NeedToken -> name?.let { ids[it] = found.id }
            is Action.Failed -> leaks.check("the error", found.error)
            is Action.Wait, null -> Unit
        }
        compare(expected, found)
    }

    private fun token(token: AccessToken): AccessToken = token.also { leaks.check("the token", it) }

    private fun report(call: Call, now: Now) {
        when (call) {
            is Respond -> machine.handle(id(call.exchange), response(call), now)
            is Transport -> machine.fail(id(call.exchange), FailureKind.valueOf(call.kind.uppercase()), call.detail, call.reused, now)
            is Files -> machine.provideFiles(id(call.input), call.reads.map(::read), now)
            is External -> external(call, now)
            is Abandon -> machine.abandon(id(call.exchange), now)
            is Invalidate -> machine.invalidate(call.slot?.let(::slot) ?: machine.lastSlot(), generation(call), now)
            is Fork -> machine.afterFork(call.seed.toLong())
            is Foreign -> foreign(call, now)
            is Poll, is Refresh -> error("these return something")
        }
    }

    private fun response(call: Respond): Response {
        val bodies = listOfNotNull(call.body?.encodeToByteArray(), call.json?.toString()?.encodeToByteArray(), call.bodyBase64?.let(Base64.getDecoder()::decode))
        if (bodies.size > 1) throw Difference("more than one body")
        val headers = call.headers.map { (name, value) -> Header(name, value) }
        return Response(call.status, headers, bodies.firstOrNull() ?: ByteArray(0)).also { leaks.check("the response", it) }
    }

    private fun read(read: Read): FileRead =
        FileRead(read.path, read.text, read.problem?.let { FileProblem.valueOf(it.uppercase()) }).also { leaks.check("what was read", it) }

    private fun external(call: External, now: Now) {
        val id = id(call.input)
        when {
            call.error != null -> machine.provideFailure(id, call.error, now)
            call.token != null && call.expiresIn != null -> {
                val token = ExternalToken(call.token, Duration.ofSeconds(call.expiresIn))
                leaks.check("the callback's token", token)
                machine.provideToken(id, token, now)
            }
            else -> throw Difference("a callback brings either a token with its life or an error")
        }
    }

    private fun foreign(call: Foreign, now: Now) {
        val body = JsonObject(mapOf("access_token" to JsonPrimitive(call.token), "expires_in" to JsonPrimitive(3600)))
        machine.handle(call.id, Response(200, emptyList(), body.toString().encodeToByteArray()), now)
        machine.provideToken(call.id, ExternalToken(call.token, Duration.ofHours(1)), now)
        machine.provideFiles(call.id, listOf(FileRead("/var/run/secrets/tokens/sa-token", call.token, null)), now)
        machine.abandon(call.id, now)
    }

    private fun events(step: Step) {
        val happened = generateSequence<TokenEvent> { machine.pollEvent() }.onEach { leaks.check("an event", it) }.map(::spelled).toList()
        sameIfGiven("events", step.events, happened)
    }

    private fun id(name: String): Long = ids[name] ?: throw Difference("nothing is called $name")

    private fun slot(name: String): Slot = Slot.valueOf(name.uppercase())

    private fun generation(call: Invalidate): Long =
        (if (call.token == null) call.generation else generations[call.token]) ?: throw Difference("no token is called ${call.token}")
}
