// Teahouse is a chat server that people reach with ssh. main reads the
// settings, builds the parts, runs them, and stops them in order; it is the
// only place that knows every package.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"teahouse/app/chat"
)

// Exit statuses of the program.
const (
	exitFailed = 1
	exitUsage  = 2
)

const usage = `usage: teahouse              serve the chat; settings come from the environment
       teahouse keys …       show the host keys, or put another in their place
       teahouse check        look whether a server would work here, and say what to do
       teahouse export …     write all of the chat as JSON lines
       teahouse import FILE  make a chat of such lines, in an empty Redis
       teahouse healthcheck  ask the running server whether it is alive
       teahouse version      print the version`

func main() { os.Exit(run(os.Args[1:], os.Environ(), os.Stdout, os.Stderr)) }

func run(args, environ []string, stdout, stderr io.Writer) int {
	config, err := readConfig(variables(environ))
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "teahouse: the settings need correcting:\n  %s\n",
			strings.ReplaceAll(err.Error(), "\n", "\n  "))
		return exitUsage
	}
	switch {
	case len(args) == 0:
		err = serve(config, stderr)
	case args[0] == "healthcheck":
		err = healthcheck(config)
	case args[0] == "keys":
		err = keysCommand(config, args[1:], stdout, stderr)
	case args[0] == "check":
		err = checkCommand(config, args[1:], stdout)
	case args[0] == "export":
		err = exportCommand(config, args[1:], stdout, stderr)
	case args[0] == "import":
		err = importCommand(config, args[1:], stdout, stderr)
	case args[0] == "version":
		_, err = fmt.Fprintln(stdout, version())
	default:
		_, _ = fmt.Fprintln(stderr, usage)
		return exitUsage
	}
	return status(err, stderr)
}

// status says what went wrong, if anything, and gives the exit status.
func status(err error, stderr io.Writer) int {
	if err == nil {
		return 0
	}
	_, _ = fmt.Fprintf(stderr, "teahouse: %s\n", err)
	if errors.As(err, new(usageError)) {
		return exitUsage
	}
	return exitFailed
}

// serve runs the chat until a signal. A second signal ends it at once.
func serve(config Config, stderr io.Writer) error {
	log := newLogger(config, stderr)
	if err := relax(); err != nil {
		log.Debug("timers have to be exact, which takes more of the processors", "error", err)
	}
	ctx, stop := untilSignal(context.Background())
	defer stop()
	p, err := NewProgram(ctx, config, log)
	if err != nil {
		return err
	}
	return errors.Join(p.Run(ctx), p.Close())
}

// untilSignal gives a context that ends with the first signal, or with stop. Who
// sees that it has ended can rely on the next signal to do what signals do.
func untilSignal(parent context.Context) (ctx context.Context, stop func()) {
	ctx, stop = context.WithCancel(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case <-signals:
		case <-ctx.Done():
		}
		signal.Stop(signals)
		stop()
		select {
		case next := <-signals: // it came between the two
			if n, ok := next.(syscall.Signal); ok {
				_ = syscall.Kill(os.Getpid(), n) // to oneself: that cannot fail
			}
		default:
		}
	}()
	return ctx, stop
}

func newLogger(config Config, w io.Writer) *slog.Logger {
	o := &slog.HandlerOptions{Level: config.level}
	var h slog.Handler = slog.NewTextHandler(w, o)
	if config.LogFormat == "json" {
		h = slog.NewJSONHandler(plainJSON{w}, o)
	}
	log := slog.New(h)
	if config.Region != "" {
		log = log.With("region", config.Region)
	}
	return log
}

// plainJSON writes JSON so that a terminal may show it.
type plainJSON struct{ io.Writer }

func (w plainJSON) Write(p []byte) (int, error) {
	if _, err := w.Writer.Write(chat.PlainJSON(p)); err != nil {
		return 0, err
	}
	return len(p), nil
}

func variables(environ []string) map[string]string {
	vars := make(map[string]string, len(environ))
	for _, kv := range environ {
		name, value, _ := strings.Cut(kv, "=")
		vars[name] = value
	}
	return vars
}

// healthcheck asks the server that runs beside it, as a container's health
// check does.
func healthcheck(config Config) error {
	if config.HTTPAddr == "off" {
		return errors.New("HTTP_ADDR is off, so there is nobody to ask; set it for health checks")
	}
	host, port, err := net.SplitHostPort(config.HTTPAddr)
	if err != nil {
		return fmt.Errorf("HTTP_ADDR: %w", err)
	}
	client := http.Client{Timeout: 3 * time.Second}
	answer, err := client.Get("http://" + net.JoinHostPort(reachable(host), port) + "/healthz")
	if err != nil {
		return fmt.Errorf("the server does not answer: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the server is not well: %s", answer.Status)
	}
	return nil
}

// reachable is where a listener's host is found from this machine.
func reachable(host string) string {
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		return "localhost"
	}
	return host
}

// release is set by the linker where an image is built: there the toolchain
// knows nothing of versions. It is never changed.
var release string

// version says what was built, from what the linker was told or the toolchain
// noted.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "teahouse (unknown build)"
	}
	if release != "" {
		return "teahouse " + release + " " + info.GoVersion
	}
	text := "teahouse " + info.Main.Version
	if revision := setting(info, "vcs.revision"); revision != "" {
		text += " " + revision
	}
	return text + " " + info.GoVersion
}

// setting gives what the toolchain noted of a build by a name, or "".
func setting(info *debug.BuildInfo, name string) string {
	for _, s := range info.Settings {
		if s.Key == name {
			return s.Value
		}
	}
	return ""
}
