// A customer's receiver: remembers what it was sent and answers what the test says.
import { createServer } from "node:http";

export class Receiver {
  requests = [];
  status = 200;

  async listen() {
    this.server = createServer((request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (part) => (body += part));
      request.on("end", () => {
        this.requests.push({ url: request.url, headers: request.headers, body });
        response.writeHead(this.status, { "content-type": "application/json" });
        response.end('{"received":true}');
      });
    });
    await new Promise((done) => this.server.listen(0, "127.0.0.1", done));
    return this;
  }

  get url() {
    return `http://127.0.0.1:${this.server.address().port}`;
  }

  /** The requests to one path, oldest first. */
  to(path) {
    return this.requests.filter(({ url }) => url.split("?")[0] === path);
  }

  close() {
    this.server.closeAllConnections();
    return new Promise((done) => this.server.close(done));
  }
}
