//! Where things live. Four folders by the platform's rules (XDG on Linux), or all data under one root.

use std::path::{Path, PathBuf};

use directories::ProjectDirs;

/// The folders and files of one user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// The config file.
    pub config_file: PathBuf,
    /// What must not be lost: `library.db`, `journal.jsonl`, `subscriptions.opml`, `backups/`.
    pub data: PathBuf,
    /// What can be fetched again: `blobs.db`.
    pub cache: PathBuf,
    /// Log, locks, pane sizes.
    pub state: PathBuf,
}

/// Why no folder could be found.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Neither a home nor an option names a place.
    #[error(
        "there is no home folder to keep the library in: set HOME, or give --data-dir DIR and --config FILE"
    )]
    NoHome,
}

impl Paths {
    /// Finds the folders: `--config` and `--data-dir` first, else the platform's. Errs where neither they nor a home
    /// are there.
    pub fn find(config_file: Option<&Path>, data_dir: Option<&Path>) -> Result<Self, Error> {
        let dirs = ProjectDirs::from("", "", "newsdesk");
        let project =
            |pick: fn(&ProjectDirs) -> PathBuf| dirs.as_ref().map(pick).ok_or(Error::NoHome);
        let config_file = match config_file {
            Some(file) => file.to_owned(),
            None => match project(|dirs| dirs.config_dir().join("config.toml")) {
                Ok(file) => file,
                // Without a home a config is not needed, only a place for the data.
                Err(_) if data_dir.is_some() => PathBuf::from("config.toml"),
                Err(error) => return Err(error),
            },
        };
        if let Some(root) = data_dir {
            return Ok(Self {
                config_file,
                data: root.to_owned(),
                cache: root.join("cache"),
                state: root.join("state"),
            });
        }
        Ok(Self {
            config_file,
            data: project(|dirs| dirs.data_dir().to_owned())?,
            cache: project(|dirs| dirs.cache_dir().to_owned())?,
            state: project(|dirs| dirs.state_dir().unwrap_or(dirs.data_local_dir()).to_owned())?,
        })
    }

    /// The folder of the user's themes, beside the config.
    pub fn themes(&self) -> PathBuf {
        self.beside_config("themes")
    }

    /// The user's site rules, beside the config.
    pub fn sites(&self) -> PathBuf {
        self.beside_config("sites.toml")
    }

    fn beside_config(&self, name: &str) -> PathBuf {
        self.config_file
            .parent()
            .unwrap_or(Path::new(""))
            .join(name)
    }
}

/// Returns newsboat's `urls` file of this user, where there is one (its two usual places).
pub fn newsboat_urls() -> Option<PathBuf> {
    let base = directories::BaseDirs::new()?;
    let places = [
        base.config_dir().join("newsboat/urls"),
        base.home_dir().join(".newsboat/urls"),
    ];
    places.into_iter().find(|path| path.is_file())
}
