package trustedprofile

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"
	"unicode/utf8"
)

// Reads a regular file up to a limit, and says what is known of it.
func readFile(path string, maxBytes int64) (content []byte, info fs.FileInfo, problem FileProblem) {
	// A pipe in its place would be waited for.
	file, err := os.OpenFile(path, os.O_RDONLY|nonBlocking, 0)
	if err != nil {
		return nil, nil, problemOf(err)
	}
	defer file.Close()
	info, err = file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil, info, FileDenied
	}
	content, err = io.ReadAll(io.LimitReader(file, maxBytes+1))
	switch {
	case err != nil:
		return nil, info, problemOf(err)
	case int64(len(content)) > maxBytes:
		return nil, info, FileTooLarge
	case !utf8.Valid(content):
		return nil, info, FileNotText
	}
	return content, info, ""
}

func problemOf(err error) FileProblem {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return FileNotFound
	}
	return FileDenied
}

// Reads token files in order, up to the first that holds something.
func readFiles(paths []string, maxBytes int64) []FileRead {
	var reads []FileRead
	for _, path := range paths {
		content, _, problem := readFile(path, maxBytes)
		if problem == "" && len(bytes.TrimSpace(content)) == 0 {
			content, problem = nil, FileEmpty
		}
		reads = append(reads, FileRead{Path: path, Content: content, Problem: problem})
		if problem == "" {
			break
		}
	}
	return reads
}
