package vectors

import corpora.Corpus
import corpora.CorpusFile
import corpora.Difference
import corpora.environment
import java.io.File
import java.nio.file.Path
import kotlinx.serialization.Serializable
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.io.TempDir

/** The corpus that pins what the token machine does, through the public interface of the package. */
class VectorsTest {
    private val files = Corpus.files(Corpus.vectors, "operations", "scripts")

    @Test
    fun everyFilePlays() {
        val leftOut = LinkedHashMap<String, List<String>>()
        val failures = ArrayList<String>()
        var scripts = 0
        var operations = 0
        for (file in files) {
            val lists = problemOf(file).getOrElse { failures += "${file.path}: ${it.message}"; continue }
            when {
                file.path.startsWith("scripts/") -> scripts += 1
                lists.isEmpty() -> operations += 1
                else -> leftOut[file.path] = lists
            }
        }
        assertTrue(failures.isEmpty()) { "${failures.size} of ${files.size} failed:\n${failures.joinToString("\n")}" }
        assertEquals(Corpus.committed(File(Corpus.vectors, "scripts")), scripts)
        assertEquals(Corpus.committed(File(Corpus.vectors, "operations")), operations + leftOut.size)
        println("vectors: $scripts run, 0 skipped")
        println("operations: $operations run; ${leftOut.size} left out, which the package has no public interface for: ${leftOut.keys}")
        println("corpus: sha256 ${Corpus.digest(files)}")
    }

    @Test
    fun falsifiedFilesFail(@TempDir folder: Path) {
        val canary = ProcessBuilder(environment("TRUSTED_PROFILE_CANARY"), "--write", "$folder").redirectErrorStream(true).start()
        val told = canary.inputStream.readBytes().decodeToString()
        assertEquals(0, canary.waitFor(), told)
        // The other runner's corpora are these, to the byte.
        val corpora = listOf("corpus: sha256 ${Corpus.digest(files)}", "scenarios: sha256 ${Corpus.digest(Corpus.files(Corpus.scenarios, "scripts"))}")
        assertTrue(told.lines().containsAll(corpora), told)
        val flips = Corpus.json.decodeFromString<List<Flip>>(folder.resolve("canary.json").toFile().readText())
        val (notCaught, caught) = flips.partition { problemOf(CorpusFile(it.from, folder.resolve(it.file).toFile().readBytes())).isSuccess }
        for (flip in notCaught) {
            val lists = run(CorpusFile(flip.from, folder.resolve(flip.file).toFile().readBytes()))
            assertTrue(lists.isNotEmpty()) { "not noticed: ${flip.from} ${flip.pointer}" }
        }
        assertTrue(caught.any { it.rule == "R1" })
        val rules = notCaught.joinToString(" ") { it.rule }
        println("vectors canary: ${flips.size} flipped, ${caught.size} caught; in lists without a public interface: $rules")
    }

    @Test
    fun anUnknownMemberIsRefused() {
        val file = files.single { it.path == "scripts/r1/usable_token_at_once.json" }
        val script = Corpus.json.parseToJsonElement(file.text) as JsonObject
        val surprised = JsonObject(script + ("surprise" to JsonPrimitive(1)))
        val refused = assertThrows<SerializationException> { run(CorpusFile(file.path, surprised.toString().encodeToByteArray())) }
        assertTrue("surprise" in refused.message.orEmpty(), refused.message)
    }

    /** The lists that could not be played, or what went wrong. */
    private fun problemOf(file: CorpusFile): Result<List<String>> =
        try {
            Result.success(run(file))
        } catch (difference: Difference) {
            Result.failure(difference)
        } catch (unfit: SerializationException) {
            Result.failure(unfit)
        }

    private fun run(file: CorpusFile): List<String> {
        if (file.path.startsWith("scripts/")) {
            val script = Corpus.json.decodeFromString<Script>(file.text)
            if (file.path != "scripts/${script.name}.json") throw Difference("its name says ${script.name}")
            play(script)
            return emptyList()
        }
        val operations = Corpus.json.decodeFromString<Operations>(file.text)
        if (file.path != "operations/${operations.name}.json") throw Difference("its name says ${operations.name}")
        return play(operations)
    }
}

/** What the canary changed. */
@Serializable class Flip(val rule: String, val from: String, val file: String, val pointer: String)
