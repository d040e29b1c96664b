package provider

import java.io.File
import java.nio.file.Path
import java.util.concurrent.TimeUnit
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.jsonPrimitive
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import scenarios.Simulator

/** Whole programs: the examples as their readers run them, and how they end. */
class ProgramsTest {
    /** What each example is given, and what it has to print. */
    private class Example(val arguments: (Simulator, Path) -> List<String>, val prints: Regex)

    private val examples =
        mapOf(
            "VpcInstance" to Example({ it, _ -> listOf(it.metadataUrl) }, Regex("AccessToken\\(iam, generation 1\\): iam-Profile-\\S+")),
            "Container" to
                Example(
                    { it, folder ->
                        val file = it.tokenFile(folder).getValue("path").jsonPrimitive.content
                        listOf(it.seeded("pod_profile", "id"), file, it.iamUrl)
                    },
                    Regex("(?s)Fetched\\(slot=IAM, life=PT1H\\)\n100 coroutines, 1 token\ncontainer.*has a token, generation 1.*"),
                ),
            "BareMetal" to Example({ it, _ -> listOf(it.seeded("instance_profile", "id"), it.metadataUrl) }, Regex("AccessToken\\(iam, generation 1\\)")),
            "Environment" to Example({ _, _ -> listOf() }, Regex("(?s)AccessToken\\(iam, generation 1\\)\n.*TRUSTED_PROFILE_AUTH_TYPE.*")),
            "OwnTokens" to
                Example({ _, folder -> listOf(folder.resolve("token").toFile().apply { writeText("a-token-of-the-agent 3600\n") }.path) }, Regex("AccessToken\\(iam, generation 1\\)")),
            "ListInstances" to Example({ it, _ -> listOf(it.metadataUrl, it.text("vpc_url")) }, Regex("(?s)\\{.*\"instances\":\\[\\{.*")),
            "ChangeSafely" to
                Example({ it, _ -> listOf("example", "renamed", it.metadataUrl, it.text("vpc_url")) }, Regex("(?s)\\{.*\"name\":\"renamed\".*")),
            "InstanceMetadata" to Example({ it, _ -> listOf(it.metadataUrl) }, Regex("(?s)\\{.*\"name\":\"seed-instance\".*")),
            "Requests" to
                Example({ it, _ -> listOf("${it.objectStoreUrl}/${it.seeded("bucket")}/greeting.txt", it.metadataUrl) }, Regex("(?s)200: hello.*")),
            "SansIo" to
                Example(
                    { it, _ -> listOf(it.metadataUrl) },
                    Regex("AccessToken\\(iam, generation 1\\)\nFetched\\(slot=IDENTITY, .*\\)\nFetched\\(slot=IAM, .*\\)"),
                ),
            "JavaService" to
                Example(
                    { it, _ -> listOf(it.metadataUrl) },
                    Regex("a thread got AccessToken\\(iam, generation 1\\)\na future got AccessToken\\(iam, generation 1\\)"),
                ),
        )

    @Test
    fun everyExampleRuns(@TempDir folder: Path) {
        val files = File("examples").walk().filter(File::isFile).map { it.nameWithoutExtension }.toSet()
        assertEquals(files, examples.keys, "every example is run")
        for ((name, example) in examples) {
            Simulator().use { simulator ->
                val (code, printed) = ended(start(name, example.arguments(simulator, folder), simulator.metadataUrl))
                assertEquals(0, code) { "$name: $printed" }
                assertTrue(example.prints.matches(printed.trim())) { "$name printed:\n$printed" }
            }
        }
    }

    /** A body that drips for longer than its exchange may take is given up, and the machine tries again. */
    @Test
    fun theExampleWithoutIoKeepsToTheTimeOfItsExchange() {
        Simulator().use { simulator ->
            val drip = JsonObject(mapOf("kind" to JsonPrimitive("drip"), "interval_ms" to JsonPrimitive(20)))
            simulator.control("POST", "faults", JsonObject(mapOf("service" to JsonPrimitive("metadata"), "times" to JsonPrimitive(1), "fault" to drip)))
            val (code, printed) = ended(start("SansIo", listOf(simulator.metadataUrl)))
            assertEquals(0, code) { printed }
            assertTrue("AccessToken(iam, generation 1)" in printed, printed)
            assertEquals(3, simulator.requests(), "one of them in vain")
        }
    }

    @Test
    fun anErrorIsToldWhole() {
        Simulator().use { simulator ->
            val link = "${simulator.metadataUrl}/nowhere"
            val (code, printed) = ended(start("JavaService", listOf(link)))
            assertEquals(1, code)
            assertTrue("1. " in printed && "Fix: " in printed, printed)
        }
    }

    @Test
    fun theExampleWithTokensOfOnesOwnShowsNothingOfAFileThatItCannotRead(@TempDir folder: Path) {
        val file = folder.resolve("token").toFile().apply { writeText("3600 opaque-token\n") }
        val (code, printed) = ended(start("OwnTokens", listOf(file.path)))
        assertEquals(1, code) { printed }
        assertTrue("the file holds no token" in printed && "opaque-token" !in printed, printed)
    }

    /** Native threads are no reason to stay, and no reason to crash. */
    @Test
    fun aProgramThatEndsInTheMidstOfAFetchEndsCleanly() {
        Simulator().use { simulator ->
            simulator.fault("metadata", "kind" to JsonPrimitive("hang"))
            repeat(5) {
                val (code, printed) = ended(start("provider.Leaving", listOf(simulator.metadataUrl)))
                assertEquals(0, code) { printed }
                assertEquals("left", printed.trim())
            }
        }
    }

    /** [surroundings] is where a program without any other settings has its tokens from. */
    private fun start(program: String, arguments: List<String>, surroundings: String? = null): Process {
        val java = File(System.getProperty("java.home"), "bin/java").path
        // Surefire's own class path is but a jar that names the real one.
        val classes = System.getProperty("surefire.test.class.path") ?: System.getProperty("java.class.path")
        val builder = ProcessBuilder(listOf(java, "-cp", classes, program) + arguments).redirectErrorStream(true)
        surroundings?.let { builder.environment() += mapOf("TRUSTED_PROFILE_AUTH_TYPE" to "vpc", "TRUSTED_PROFILE_AUTH_URL" to it) }
        return builder.start()
    }

    private fun ended(process: Process): Pair<Int, String> {
        val printed = process.inputReader().readText()
        assertTrue(process.waitFor(60, TimeUnit.SECONDS)) { "it does not end: $printed" }
        return process.exitValue() to printed
    }
}
