//! `serve`: the front door with everything that runs behind it, from the first connection to an orderly end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use applications::Forwarding;
use notifications::Notifications;
use scheduling::DeskWork;

use crate::application::Application;
use crate::authenticate::Doorkeeper;
use crate::cli::{CommandError, say};
use crate::configuration::{Configuration, Mode, Retention};
use crate::drain_door::DrainKey;
use crate::follow::{Follower, Ready};
use crate::http::{Door, Settings, collect_metrics, internal_router, router_with};
use crate::measure::measure;
use crate::shutdown::{self, Drain, Ended, Patience, stop_signal};
use crate::{
    backup_age, drain_door, forwarding, graphql, mail, open311, openid_pages, pages, reports, start, uploads, work,
};

/// How long background work may take to finish its round, and the database to close.
const LAST_ROUND: Duration = Duration::from_secs(5);

/// Where the worker runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Worker {
    /// In this process.
    Here,
    /// In a process of its own (`servicepoint work`).
    Elsewhere,
}

/// Serves until a signal, and finishes what was accepted.
///
/// # Errors
/// It cannot start, or something it needs has ended.
pub(crate) async fn serve(configuration: &Configuration, worker: Worker) -> Result<(), CommandError> {
    quiet_panics(configuration.server.mode);
    let database = start::connect(configuration).await?;
    start::migrated(&database).await?;
    let secrets = start::secrets(configuration, &database).await?;
    start::zones(configuration)?;
    start::chat_model(configuration)?;
    let (application, desk) = start::application(configuration, database, secrets)?;
    let drain_key = DrainKey::new(&start::master_key(configuration)?);
    let letters = match worker {
        Worker::Here => {
            let forwarding = forwarding::open(configuration, &application)?;
            Some((mail::open(configuration, &application)?, forwarding, configuration.retention))
        }
        Worker::Elsewhere => None,
    };
    let follower = Follower::new(application.clone());
    follower.look().await;
    let metrics =
        collect_metrics().map_err(|error| CommandError::Failed(format!("nothing can be measured: {error}")))?;
    let drain = Drain::default();
    let (public, internal) = open_doors(configuration, &application, &follower, &drain, &metrics).await?;
    let patience = Patience::from(configuration);

    let first_signal = signal_from_now_on().await?;
    let closing = CancellationToken::new();
    let measuring = measure(configuration.clone(), Ready(Arc::clone(&follower)), metrics);
    let mut background = Background::start(&application, desk, follower, letters, measuring, &closing);
    if let Some(directory) = configuration.backup.directory.clone() {
        background.spawn("measuring the age of backups", &closing, backup_age::measure(directory));
    }
    if let Some((listener, router)) = internal {
        let router = router.merge(drain_door::routes(drain.clone(), drain_key));
        tokio::spawn(shutdown::serve_to_the_end(listener, router, patience));
    }
    say(format_args!("listening on http://{}", local_address(&public.0)?));

    let mut fallen = None;
    let stop = async {
        tokio::select! {
            () = first_signal => {}
            () = drain.asked() => {}
            name = background.first_to_end() => fallen = Some(name),
        }
    };
    let ended = tokio::select! {
        ended = shutdown::serve(vec![public], stop, &drain, patience) => Some(ended),
        () = second_signal(&drain) => None,
    };
    closing.cancel();
    background.finish().await;
    // Closing writes SQLite's log back into its file; a server that hangs must not hold us up.
    let _ = timeout(LAST_ROUND, application.database.close()).await;
    match ended {
        Some(Ended::Finished) => tracing::info!("stopped; every accepted request was answered"),
        Some(Ended::TimeWasUp) => tracing::warn!("stopped; some requests were still running when the time was up"),
        None => tracing::warn!("stopped at once, as asked by a second signal"),
    }
    fallen.map_or(Ok(()), |name| Err(CommandError::Failed(format!("stopped, because {name} ended unexpectedly"))))
}

/// From the return of this on a signal no longer ends the process; awaiting the result waits for it.
///
/// # Errors
/// The system does not let us listen for signals.
pub(crate) async fn signal_from_now_on() -> Result<impl Future<Output = ()>, CommandError> {
    let mut signal = Box::pin(stop_signal());
    // Listening begins when the future is first looked at.
    if let Poll::Ready(Err(error)) = futures_util::poll!(&mut signal) {
        return Err(CommandError::Failed(format!("signals cannot be heard: {error}")));
    }
    Ok(async {
        // It said above that it can listen.
        let _ = signal.await;
    })
}

/// Where something listens, and what it answers.
type Entrance = (TcpListener, axum::Router);

async fn open_doors(
    configuration: &Configuration,
    application: &Application,
    follower: &Arc<Follower>,
    drain: &Drain,
    metrics: &PrometheusHandle,
) -> Result<(Entrance, Option<Entrance>), CommandError> {
    let schema = graphql::schema(application.clone());
    let door = Door::new(schema, Settings::from(configuration), drain.clone())
        .with_authentication(Doorkeeper::new(application.clone()))
        .with_readiness(Ready(Arc::clone(follower)))
        .with_charges(graphql::field_charges())
        .with_manifest(start::manifest(configuration).await?);
    let door = Arc::new(door);
    let pages = pages::routes(application.clone())
        .merge(openid_pages::routes(application.clone()))
        .merge(reports::routes(application.clone()))
        .merge(open311::routes(application.clone(), &configuration.server.public_url))
        .merge(uploads::routes(application.clone()));
    let public = router_with(Arc::clone(&door), pages);
    let public = (bind("server.listen", configuration.server.listen).await?, public);
    let mut internal = None;
    if let Some(address) = configuration.server.internal_listen {
        let listener = bind("server.internal_listen", address).await?;
        tracing::info!(address = %local_address(&listener)?, "metrics and probes");
        internal = Some((listener, internal_router(door, metrics.clone())));
    }
    Ok((public, internal))
}

pub(crate) async fn bind(key: &str, address: SocketAddr) -> Result<TcpListener, CommandError> {
    TcpListener::bind(address)
        .await
        .map_err(|error| CommandError::Failed(format!("{key}: nothing can listen on {address}: {error}")))
}

pub(crate) fn local_address(listener: &TcpListener) -> Result<SocketAddr, CommandError> {
    listener.local_addr().map_err(|error| CommandError::Failed(format!("the listener has no address: {error}")))
}

/// Whoever presses Ctrl-C twice does not want to wait.
async fn second_signal(drain: &Drain) {
    drain.started().await;
    if stop_signal().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Everything that runs beside the requests. None of it ends before `closing`, unless it fell over.
struct Background(JoinSet<&'static str>);

impl Background {
    fn start(
        application: &Application,
        desk: DeskWork,
        follower: Arc<Follower>,
        letters: Option<(Notifications, Option<Forwarding>, Retention)>,
        measuring: impl Future<Output = ()> + Send + 'static,
        closing: &CancellationToken,
    ) -> Self {
        let mut tasks = Self(JoinSet::new());
        tasks.spawn("the booking desk", closing, desk.run());
        tasks.spawn("following the database", closing, async move { follower.run().await });
        tasks.spawn("measuring", closing, measuring);
        if let Some((letters, forwarding, retention)) = letters {
            // The worker ends by itself, between two rounds.
            let round = work::work(application.clone(), letters, forwarding, retention, closing.clone());
            tasks.0.spawn(async move {
                round.await;
                "the worker"
            });
        }
        tasks
    }

    fn spawn(
        &mut self,
        name: &'static str,
        closing: &CancellationToken,
        task: impl Future<Output = ()> + Send + 'static,
    ) {
        let closing = closing.clone();
        self.0.spawn(async move {
            closing.run_until_cancelled(task).await;
            name
        });
    }

    /// Gives the name of the first task that ends.
    async fn first_to_end(&mut self) -> &'static str {
        match self.0.join_next().await {
            Some(Ok(name)) => name,
            Some(Err(_)) | None => "a task in the background",
        }
    }

    async fn finish(mut self) {
        let all = async { while self.0.join_next().await.is_some() {} };
        // What does not end in time is cut off with the process; the database undoes what was not committed.
        let _ = timeout(LAST_ROUND, all).await;
        self.0.abort_all();
    }
}

/// The words of a panic may hold what a citizen typed: in production the log gets the place alone.
fn quiet_panics(mode: Mode) {
    if mode == Mode::Production {
        std::panic::set_hook(Box::new(|panic| {
            let place = panic.location().map(ToString::to_string).unwrap_or_default();
            tracing::error!(place, "a panic; this is a mistake in the program");
        }));
    }
}
