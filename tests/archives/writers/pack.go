// Packs the files below a folder with archive/zip: go run pack.go FOLDER ARCHIVE. For Go 1.16 and newer.
package main

import (
	"archive/zip"
	"io"
	"io/fs"
	"os"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	out, err := os.Create(os.Args[2])
	must(err)
	archive := zip.NewWriter(out)
	folder := os.DirFS(os.Args[1])
	must(fs.WalkDir(folder, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		must(err)
		header, err := zip.FileInfoHeader(info)
		must(err)
		header.Name, header.Method = path, zip.Deflate
		member, err := archive.CreateHeader(header)
		must(err)
		file, err := folder.Open(path)
		must(err)
		_, err = io.Copy(member, file)
		must(err)
		return file.Close()
	}))
	must(archive.Close())
	must(out.Close())
}
