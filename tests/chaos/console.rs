//! Somebody at the console, as far as a scenario needs one.

use super::lab::{EMAIL, Lab, PASSWORD};

/// Replaces the signing secret of a webhook through the pages of the server at `url`. Says whether there was an
/// answer: the server may die of it.
pub fn rotate_secret(lab: &Lab, url: &str, index: usize) -> bool {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let http = reqwest::Client::builder()
        .no_proxy()
        .cookie_store(true)
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let page = format!("{url}/console/c/{}/webhooks/{}", lab.company, lab.hooks[index].id);
    runtime.block_on(async {
        let get = async |page: &str| http.get(page).send().await.unwrap().text().await.unwrap();
        let login = format!("{url}/console/login");
        let token = csrf_token(&get(&login).await);
        let credentials = [("email", EMAIL), ("password", PASSWORD), ("csrf_token", &token)];
        let signed_in = http.post(&login).header("origin", url).form(&credentials).send().await.unwrap();
        assert_eq!(signed_in.status(), 303, "signed in");
        let token = csrf_token(&get(&page).await);
        let rotate =
            http.post(format!("{page}/secret")).header("origin", url).form(&[("csrf_token", &token)]);
        rotate.send().await.is_ok_and(|answer| answer.status() == 303)
    })
}

fn csrf_token(page: &str) -> String {
    let after = page.split_once("name=\"csrf_token\" value=\"").expect("a form with a token").1;
    after.split_once('"').unwrap().0.to_owned()
}
