package scenarios

import corpora.Corpus
import corpora.Difference
import java.io.File
import java.util.concurrent.Executors
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** What a program sees while the services misbehave, through the provider and its transport. */
class ScenariosTest {
    private val files = Corpus.files(Corpus.scenarios, "scripts")
    private val scenarios = files.map { Corpus.json.decodeFromString<Scenario>(it.text) }

    @Test
    fun everyScenarioHolds() {
        val runs = scenarios.flatMap { scenario -> Way.entries.map { way -> { run(scenario, way) } } }
        val problems = problems(runs)
        assertTrue(problems.isEmpty()) { "${problems.size} of ${runs.size} failed:\n${problems.joinToString("\n")}" }
        assertEquals(Corpus.committed(File(Corpus.scenarios, "scripts")), scenarios.size)
        println("scenarios: ${scenarios.size} run, 0 skipped")
        println("scenarios: sha256 ${Corpus.digest(files)}; each as ${Way.entries.joinToString(" and as ") { it.name.lowercase() }}")
    }

    @Test
    fun aWrongExpectationIsNoticed() {
        val wrong = onePerRule().map(::flipped)
        val runs = wrong.flatMap { flip -> Way.entries.map { way -> { isNoticed(flip, way) } } }
        val problems = problems(runs)
        assertTrue(problems.isEmpty()) { problems.joinToString("\n") }
        println("scenarios canary: ${wrong.size} flipped, ${wrong.size} caught, each as ${Way.entries.joinToString(" and as ") { it.name.lowercase() }}")
    }

    @Test
    fun anUnknownMemberIsRefused() {
        val scenario = Corpus.json.parseToJsonElement(files.first().text) as JsonObject
        val surprised = JsonObject(scenario + ("surprise" to JsonPrimitive(1)))
        val refused = assertThrows<SerializationException> { Corpus.json.decodeFromString<Scenario>(surprised.toString()) }
        assertTrue("surprise" in refused.message.orEmpty(), refused.message)
    }

    /** The first scenario that shows each rule. */
    private fun onePerRule(): List<Scenario> {
        val rules = HashSet<String>()
        return scenarios.filter { rules.addAll(it.rules) }
    }

    /** A scenario that cannot hold, and the number of the step that is wrong. */
    private class Flip(val scenario: Scenario, val step: Int)

    /** The same scenario, with its last expectation turned into another one. */
    private fun flipped(scenario: Scenario): Flip {
        for ((index, step) in scenario.steps.withIndex().reversed()) {
            val wrong = flipped(step) ?: continue
            return Flip(scenario.copy(steps = scenario.steps.mapIndexed { other, kept -> if (other == index) wrong else kept }), index + 1)
        }
        error("${scenario.name} expects nothing")
    }

    private fun flipped(step: Step): Step? =
        when {
            step.call != null -> {
                val fails = (step.call.expect as? JsonObject)?.containsKey("error") == true
                val other = if (fails) JsonPrimitive("new_token") else JsonObject(mapOf("token_of" to JsonPrimitive("nobody's")))
                step.copy(call = step.call.copy(expect = other))
            }
            step.journal != null -> step.copy(journal = step.journal.take(1).map { it.copy(count = it.count + 1) } + step.journal.drop(1))
            step.use != null -> step.copy(use = step.use.copy(status = step.use.status + 1))
            step.events != null -> step.copy(events = listOf("other") + step.events.drop(1))
            else -> null
        }

    private fun isNoticed(flip: Flip, way: Way) {
        val noticed = runCatching { run(flip.scenario, way) }.exceptionOrNull() ?: throw Difference("${flip.scenario.name}: a wrong expectation passed")
        if (noticed !is Difference) throw noticed
        if ("(step ${flip.step}, $way)" !in noticed.message.orEmpty()) throw Difference("something else went wrong: ${noticed.message}")
    }

    /** Runs all of it, several at a time: every scenario has a simulator of its own. */
    private fun problems(runs: List<() -> Unit>): List<String> {
        val runners = Executors.newFixedThreadPool(6)
        try {
            val outcomes = runs.map { run -> runners.submit<Throwable?> { runCatching(run).exceptionOrNull() } }.mapNotNull { it.get() }
            return outcomes.map { if (it is Difference) "${it.message}" else it.stackTraceToString() }
        } finally {
            runners.shutdown()
        }
    }
}
