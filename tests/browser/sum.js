// The closing line, in cargo's words, so that script/test can add up all of them.
export default class Sum {
  counts = { passed: 0, failed: 0, skipped: 0 };

  onTestEnd(_test, result) {
    const kind = result.status === "passed" || result.status === "skipped" ? result.status : "failed";
    this.counts[kind] += 1;
  }

  onEnd({ status }) {
    const { passed, failed, skipped } = this.counts;
    const word = status === "passed" ? "ok" : "FAILED";
    console.log(`\ntest result: ${word}. ${passed} passed; ${failed} failed; ${skipped} skipped`);
  }

  printsToStdio() {
    return true;
  }
}
