// Package corpus reads the files that fix what every language does: vectors and scenarios. For tests.
package corpus

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// A File is one of a corpus: its path below the corpus's folder, and its bytes.
type File struct {
	Path  string
	Bytes []byte
}

// Vectors gives every file of scripts/ and operations/ of tests/vectors, sorted by path.
func Vectors() ([]File, error) { return files("vectors", "operations", "scripts") }

// Scenarios gives every file of tests/scenarios, sorted by path.
func Scenarios() ([]File, error) { return files("scenarios", "scripts") }

// Digest is SHA-256 over every file: the path, a zero byte, the bytes, a zero byte.
func Digest(files []File) string {
	hash := sha256.New()
	for _, file := range files {
		hash.Write(slices.Concat([]byte(file.Path), []byte{0}, file.Bytes, []byte{0}))
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// Read reads JSON, and refuses members that nobody knows.
func Read(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if decoder.More() {
		return fmt.Errorf("there is more than one value")
	}
	return nil
}

// Root is the folder of the repository.
func Root() (string, error) {
	folder, err := os.Getwd()
	for err == nil {
		if _, err := os.Stat(filepath.Join(folder, "core", "spec", "errors.json")); err == nil {
			return folder, nil
		}
		if folder == filepath.Dir(folder) {
			return "", fmt.Errorf("the tests run in a copy without the repository around it")
		}
		folder = filepath.Dir(folder)
	}
	return "", err
}

// Fails when git knows of another number of files: a runner that overlooks one has not run them all.
func files(corpus string, folders ...string) ([]File, error) {
	root, err := Root()
	if err != nil {
		return nil, err
	}
	root = filepath.Join(root, "tests", corpus)
	var files []File
	for _, folder := range folders {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, entry os.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			content, err := os.ReadFile(path)
			relative, _ := filepath.Rel(root, path)
			files = append(files, File{filepath.ToSlash(relative), content})
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(files, func(one, other File) int { return strings.Compare(one.Path, other.Path) })
	listed, err := exec.Command("git", append([]string{"-C", root, "ls-files", "-z"}, folders...)...).Output()
	if err != nil {
		return nil, err
	}
	if committed := bytes.Count(listed, []byte{0}); committed != len(files) {
		return nil, fmt.Errorf("%d files of %s were found, %d are committed", len(files), corpus, committed)
	}
	return files, nil
}
